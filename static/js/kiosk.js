/** The kiosk's touch screen. The server decides what is shown; these make it easy to touch, to type and to leave. */
import "./kept-in.js";
import "./kiosk/arrows.js";
import "./kiosk/camera.js";
import "./kiosk/focus.js";
import "./kiosk/idle.js";
import "./kiosk/keypad.js";
import "./kiosk/keys.js";
import "./kiosk/menu.js";
import "./kiosk/mirror.js";
import "./kiosk/speech.js";
