// SPDX-License-Identifier: Apache-2.0
// shrink: makes a photograph small enough to be sent. Never for imprints: drawing it anew drops the density of the scan.
const LONGEST = 2200;

function encode(canvas, quality) {
  return new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", quality);
  });
}

// The file itself when it fits or cannot be read as a picture, else a smaller JPEG (without the place it was taken at).
export async function shrink(file, limit) {
  if (file.size <= limit || !file.type.startsWith("image/")) {
    return file;
  }
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) {
    return file;
  }
  const canvas = document.createElement("canvas");
  let blob = null;
  for (let scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height)), turn = 0; turn < 4; turn += 1, scale *= 0.8) {
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    blob = await encode(canvas, 0.85);
    if (blob && blob.size <= limit) {
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }
  }
  return file;
}
