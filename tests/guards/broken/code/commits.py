def admit(session, engine, create_engine):
    session.commit()
    with engine.begin() as connection:
        connection.execute("UPDATE proposals SET state = 'admitted'")
    create_engine("sqlite://", isolation_level="AUTOCOMMIT")
