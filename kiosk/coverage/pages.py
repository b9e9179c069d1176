"""`/coverage`: the photographs of a card, for the staff of the site and nobody's cache."""

from flask import Blueprint, Response, abort

from kiosk.clinic import clinic
from kiosk.coverage import records
from kiosk.coverage.photos import SIDES

blueprint = Blueprint("coverage", __name__, url_prefix="/coverage")


@blueprint.get("/<cover>/photos/<side>")
def photo(cover: str, side: str) -> Response:
    """One photograph, as the kiosk took it."""
    here = clinic()
    if side not in SIDES:
        abort(404)
    with here.database.snapshot(at=here.now()) as reading:
        data = records.photo(reading, cover, side)
    if data is None:
        abort(404)
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})
