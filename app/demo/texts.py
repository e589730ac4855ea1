"""The proposals of the demo; made up, and marked so wherever they are shown."""

from __future__ import annotations

TOWN: list[tuple[str, str, str, str]] = [
    (
        "ana",
        "Sombra en la plaza de juegos",
        "En la plaza de juegos no hay un solo árbol. De noviembre a marzo nadie la usa después del mediodía.",
        "Plantar doce árboles nativos y poner dos toldos mientras crecen.",
    ),
    (
        "bruno",
        "Horario de la feria en letra grande",
        "Muchas personas mayores no saben qué días hay feria ni hasta qué hora.",
        "Poner el horario en letra grande en los paraderos y en la posta.",
    ),
    (
        "ana",
        "Un paso de cebra frente a la escuela",
        "Los niños cruzan la calle principal entre los autos a la hora de entrada.",
        "Pintar un paso de cebra y poner una lomada antes de marzo.",
    ),
    (
        "bruno",
        "Publicar las actas del concejo como texto",
        "Las actas se publican como imágenes. Nadie puede buscar en ellas ni leerlas con un lector de pantalla.",
        "Publicar cada acta como texto dentro de cinco días.",
    ),
]
PLAN: list[tuple[str, str, str, str]] = [
    (
        "ana",
        "Presupuestos municipales que se entiendan",
        "El presupuesto se publica en planillas de cien páginas que nadie entiende.",
        "Un resumen de dos páginas por comuna, con gráficos y en lenguaje claro.",
    ),
    (
        "bruno",
        "Saber quién se reunió con quién",
        "El registro de reuniones con autoridades no se puede descargar ni cruzar con otros datos.",
        "Publicarlo como datos abiertos cada mes, con un buscador.",
    ),
    (
        "ana",
        "Consultas ciudadanas con respuesta",
        "Participamos en consultas y nunca supimos qué se hizo con lo que dijimos.",
        "Que cada consulta termine con una respuesta escrita y con razones.",
    ),
    (
        "bruno",
        "Datos de calidad del aire por barrio",
        "Los datos del aire se publican por ciudad. Nadie sabe cómo está su barrio.",
        "Publicar las mediciones por estación cada hora, con un mapa accesible.",
    ),
    (
        "ana",
        "Participación de jóvenes rurales",
        "Los encuentros se hacen en capitales regionales y en horario de clases.",
        "Encuentros en escuelas rurales, con transporte y en fin de semana.",
    ),
]
LATER: list[tuple[str, str, str, str]] = [
    (
        "bruno",
        "Un mapa de las obras que hace el Estado",
        "Hay obras detenidas en todo el país y nadie sabe cuáles, desde cuándo ni por qué.",
        "Un mapa con cada obra, su plazo, su costo y la razón cuando se detiene, actualizado cada mes.",
    ),
    (
        "ana",
        "Pedir información sin llenar diez formularios",
        "Cada servicio tiene su propio formulario para pedir información, y casi ninguno funciona en el teléfono.",
        "Un solo formulario corto, que sirva para todos los servicios y avise en qué va la solicitud.",
    ),
    (
        "bruno",
        "Actas de los consejos de la sociedad civil",
        "Los consejos de la sociedad civil se reúnen, pero sus actas aparecen meses después o nunca.",
        "Publicar cada acta dentro de diez días, con quiénes fueron y qué se acordó.",
    ),
    (
        "ana",
        "Compras públicas que se puedan seguir",
        "Se sabe quién ganó una licitación, pero no si entregó lo que ofreció ni cuánto costó al final.",
        "Publicar por cada contrato lo ofrecido, lo entregado y lo pagado, en datos abiertos.",
    ),
    (
        "bruno",
        "Lenguaje claro en las cartas del Estado",
        "Las personas mayores reciben cartas del Estado que no entienden y tienen que pagar para que se las expliquen.",
        "Reescribir las veinte cartas más enviadas, probarlas con personas y publicar las versiones nuevas.",
    ),
]
"""Three that meetings vote on, one at a technical table, one that is in the plan: by the order in which they come."""
