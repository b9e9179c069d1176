"""Signing in and out."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kiosk import access
from kiosk.clinic import clinic
from kiosk.guards import STAFF_COOKIE
from kiosk.staff import records, rules

blueprint = Blueprint("staff", __name__, template_folder="templates")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; a right pair leads to where the person wanted to go."""
    wanted = onward(request.values.get("next", ""))
    if request.method == "GET":
        if access.principal().role in access.STAFF:
            return redirect(wanted, 303)
        return render_template("staff/sign_in.html", wanted=wanted, username="", refused=False)
    here = clinic()
    username, password = request.form.get("username", ""), request.form.get("password", "")
    token = records.sign_in(here.database, username, password, at=here.now())
    if token is None:
        page = render_template("staff/sign_in.html", wanted=wanted, username=username[:64], refused=True)
        return page, 401
    response = redirect(wanted, 303)
    response.set_cookie(
        STAFF_COOKIE, token, httponly=True, samesite="Lax", secure=here.config.https, max_age=rules.LONGEST
    )
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and on the server."""
    here = clinic()
    with here.database.begin(at=here.now()) as tx:
        records.sign_out(tx, request.cookies.get(STAFF_COOKIE, ""))
    response = redirect(url_for("home.page"), 303)
    response.delete_cookie(STAFF_COOKIE)
    return response


def onward(wanted: str) -> str:
    """Return the page of ours that was asked for, or the console."""
    if rules.safe_path(wanted):
        try:
            adapter = current_app.create_url_adapter(request)
            if adapter and adapter.match(wanted.partition("?")[0], method="GET")[0] != "staff.sign_in":
                return wanted
        except HTTPException:
            pass
    return url_for("console.page")
