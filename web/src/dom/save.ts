/** Downloads of files that were made in the page. */

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // a download that has begun has its own reference to the bytes
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveCanvas(canvas: HTMLCanvasElement, name: string): void {
  canvas.toBlob((blob) => {
    if (blob !== null) saveBlob(blob, name);
  });
}

/** A raw map in NumPy's format, version 1.0: `numpy.load` reads it as `(channels, height, width)` float32. */
export function npy(data: Float32Array, shape: readonly number[]): Blob {
  const magic = new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  // the values start at a multiple of 64 bytes; a line break ends the header
  const length = Math.ceil((magic.length + 2 + header.length + 1) / 64) * 64 - magic.length - 2;
  const size = new Uint8Array([length & 255, length >> 8]);
  const values = new DataView(new ArrayBuffer(4 * data.length));
  data.forEach((value, index) => values.setFloat32(4 * index, value, true));
  return new Blob([magic, size, `${header.padEnd(length - 1)}\n`, values.buffer], {
    type: "application/octet-stream",
  });
}
