from app.kit.i18n import T, Tn

RECEIVED = T("{folio} was received.")
NOBODY_TRANSLATED = T("Nobody translated this.")


def several(count):
    return Tn("one table", "{count} tables", count)
