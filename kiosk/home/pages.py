"""The first page, `/healthz` and `/metrics`."""

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from kiosk import __version__
from kiosk.clinic import clinic
from kiosk.home import numbers

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The way in; in the demo, links to every screen."""
    return render_template("home/page.html", accounts=_demo_accounts() if clinic().config.demo else ())


def _demo_accounts() -> list[tuple[str, str]]:
    """User names and passwords that are no secret, because nobody in the demo is real."""
    from kiosk.demo.clinic_day import STAFF

    return [(username, password) for username, _, _, password in STAFF]


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the records can be read."""
    here = clinic()
    with here.database.snapshot(at=here.now()) as reading:
        return jsonify(status="ok", version=__version__, site_version=reading.snapshot.version)


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Numbers for Prometheus; none of them is about a person."""
    here = clinic()
    with here.database.snapshot(at=here.now()) as reading:
        text = numbers.exposition(reading.snapshot, here.config)
    return Response(text, content_type=CONTENT_TYPE_LATEST)
