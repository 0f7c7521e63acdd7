/** Whether two pictures are the same to whoever looks at them. */

/** Pixels of a side that are looked at as one: edges of letters and the grain of JPEG are drawn a little
 *  differently each time. */
const BLOCK = 4;

/** A block differs where one of its channels does by more than this, of 255. */
const CHANNEL = 24;

/** So large a share of all blocks may differ: what a number of other digits takes, a measured time for
 *  one. */
const SHARE = 0.002;

/** Compares two JPEG files, in a page. */
export function sameToTheEye(page, one, other) {
  return page.evaluate(
    async ({ files, BLOCK, CHANNEL, SHARE }) => {
      const pictures = await Promise.all(
        files.map(async (base64) =>
          createImageBitmap(await (await fetch(`data:image/jpeg;base64,${base64}`)).blob()),
        ),
      );
      const [{ width, height }, other] = pictures;
      if (other.width !== width || other.height !== height) return false;
      const [across, down] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
      const [a, b] = pictures.map((picture) => {
        const context = new OffscreenCanvas(across, down).getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(picture, 0, 0, across, down);
        return context.getImageData(0, 0, across, down).data;
      });
      let differing = 0;
      for (let at = 0; at < a.length; at += 4) {
        if ([0, 1, 2].some((channel) => Math.abs(a[at + channel] - b[at + channel]) > CHANNEL)) differing++;
      }
      return differing <= SHARE * across * down;
    },
    { files: [one, other].map((file) => file.toString("base64")), BLOCK, CHANNEL, SHARE },
  );
}
