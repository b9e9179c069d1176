/**
 * Pictures of an insurance card, front and back, by the kiosk's own camera. They stay in this page until both are
 * done; they are gone with the page. `data-when` names the states in which an element of `[data-camera]` is shown.
 */

const LONGEST_PX = 1600;
const MOST_BYTES = 1_000_000;
const QUALITIES = [0.85, 0.7, 0.5];

const live = document.getElementById("live");
let camera = null;

/** The page with the camera came or went. */
function look() {
  const box = live.querySelector("[data-camera]");
  if (box === (camera?.box ?? null)) return;
  for (const track of camera?.stream?.getTracks() ?? []) track.stop();
  camera = box && { box, stream: null, pictures: {}, video: box.querySelector("video"), canvas: box.querySelector("canvas") };
  if (camera) start(camera);
}

async function start(mine) {
  show(mine, "starting");
  try {
    const video = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    mine.stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (mine !== camera) return mine.stream.getTracks().forEach((track) => track.stop());
    mine.video.srcObject = mine.stream;
    await mine.video.play();
    show(mine, "front");
  } catch {
    if (mine === camera) show(mine, "none"); // refused, unplugged, in use, or a page without https
  }
}

function show(mine, state) {
  const [side, taken] = state.split("-");
  mine.side = side;
  mine.box.dataset.camera = state;
  mine.video.hidden = state === "none" || Boolean(taken);
  mine.canvas.hidden = !taken;
  for (const part of mine.box.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  mine.box.querySelector("button:not([hidden])")?.focus({ preventScroll: true });
}

/** What the frame shows: the middle of the camera's picture, in the shape of the frame. */
function take(mine) {
  const { video, canvas } = mine;
  const shape = video.clientWidth / video.clientHeight;
  const width = Math.min(video.videoWidth, video.videoHeight * shape);
  const height = width / shape;
  const scale = Math.min(1, LONGEST_PX / width);
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const [left, top] = [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2];
  canvas.getContext("2d").drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
  show(mine, `${mine.side}-taken`);
}

async function use(mine) {
  const { side } = mine;
  for (const quality of QUALITIES) {
    const picture = await new Promise((done) => mine.canvas.toBlob(done, "image/jpeg", quality));
    mine.pictures[side] = new File([picture], `${side}.jpg`, { type: "image/jpeg" });
    if (picture.size <= MOST_BYTES) break;
  }
  if (mine !== camera) return;
  if (side === "front") show(mine, "back");
  else send(mine);
}

function send(mine) {
  const form = document.getElementById("pictures");
  for (const [side, picture] of Object.entries(mine.pictures)) {
    const files = new DataTransfer();
    files.items.add(picture);
    form.elements[side].files = files.files;
  }
  form.requestSubmit();
}

live.addEventListener("click", (event) => {
  const pressed = camera && event.target.closest("[data-camera] button");
  if (!pressed) return;
  if ("take" in pressed.dataset) take(camera);
  else if ("use" in pressed.dataset) use(camera);
  else if ("again" in pressed.dataset) show(camera, camera.side);
  else if ("only" in pressed.dataset) send(camera);
});

document.addEventListener("live:updated", look);
look();
