/**
 * The input gradients of convolutions, as an expert would patch them into TensorFlow.js.
 *
 * Out of the box, its wasm backend has no input gradient of a depthwise convolution at all, so that Guided
 * Backprop fails; and its input gradient of a 1×1 convolution takes several times as long as the convolution
 * that it amounts to.
 */
export function addGradientKernels(tf) {
  /** A derived weight by the weight that it comes from: made once, as a library would. */
  const derived = new WeakMap();
  const once = (filter, make) => {
    if (!derived.has(filter.dataId))
      derived.set(filter.dataId, tf.keep(make(tf.reshape(filter, filter.shape))));
    return derived.get(filter.dataId);
  };
  const side = (strides) => (Array.isArray(strides) ? strides[0] : strides);

  tf.registerKernel({
    kernelName: "DepthwiseConv2dNativeBackpropInput",
    backendName: "wasm",
    kernelFunc: ({ inputs: { dy, filter }, attrs: { strides, inputShape } }) =>
      tf.tidy(() => {
        const [kernel] = filter.shape;
        const [, height] = inputShape;
        const stride = side(strides);
        const before = Math.max((dy.shape[1] - 1) * stride + kernel - height, 0) >> 1;
        const spread = stride === 2 ? withZerosBetween(tf, dy) : tf.reshape(dy, dy.shape);
        const top = kernel - 1 - before;
        const bottom = height - spread.shape[1] + kernel - 1 - top;
        const padded = tf.pad(spread, [
          [0, 0],
          [top, bottom],
          [top, bottom],
          [0, 0],
        ]);
        return tf.depthwiseConv2d(
          padded,
          once(filter, (w) => tf.reverse(w, [0, 1])),
          1,
          "valid",
        );
      }),
  });

  const builtIn = tf.getKernel("Conv2DBackpropInput", "wasm");
  tf.unregisterKernel("Conv2DBackpropInput", "wasm");
  tf.registerKernel({
    kernelName: "Conv2DBackpropInput",
    backendName: "wasm",
    kernelFunc: (call) => {
      const { dy, filter } = call.inputs;
      if (filter.shape[0] !== 1 || side(call.attrs.strides) !== 1) return builtIn.kernelFunc(call);
      const transposed = once(filter, (w) => tf.transpose(w, [0, 1, 3, 2]));
      return tf.tidy(() => tf.conv2d(tf.reshape(dy, dy.shape), transposed, 1, "same"));
    },
  });
}

/** Each row and column of a square map followed by one of zeros. */
function withZerosBetween(tf, map) {
  const [, side, , channels] = map.shape;
  const cells = tf.reshape(map, [side * side, 1, channels]);
  const columns = tf.reshape(tf.concat([cells, tf.zerosLike(cells)], 1), [side, 1, 2 * side * channels]);
  return tf.reshape(tf.concat([columns, tf.zerosLike(columns)], 1), [1, 2 * side, 2 * side, channels]);
}
