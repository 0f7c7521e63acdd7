//! `candling convert` on a whole checkpoint, written here byte by byte as `torch.save` wrote them before 1.6.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{BAD_USE, dog_cat, done, f32s, json, refused_at_length, scratch, written};

/// The blocks of Lite0: depthwise channels, kernel, output channels.
const BLOCKS: [(usize, usize, usize); 16] = [
    (32, 3, 16),
    (96, 3, 24),
    (144, 3, 24),
    (144, 5, 40),
    (240, 5, 40),
    (240, 3, 80),
    (480, 3, 80),
    (480, 3, 80),
    (480, 5, 112),
    (672, 5, 112),
    (672, 5, 112),
    (672, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 5, 192),
    (1152, 3, 320),
];

/// Names and extents of the tensors in Lite0's checkpoint.
fn tensors() -> Vec<(String, Vec<usize>)> {
    let mut tensors = Vec::new();
    let mut convolution = |conv: String, norm: String, extents: [usize; 4]| {
        tensors.push((format!("{conv}.weight"), extents.to_vec()));
        for statistic in ["weight", "bias", "running_mean", "running_var"] {
            tensors.push((format!("{norm}.{statistic}"), vec![extents[0]]));
        }
    };
    convolution("_conv_stem".into(), "_bn0".into(), [32, 3, 3, 3]);
    let mut input = 32;
    for (i, (wide, kernel, output)) in BLOCKS.into_iter().enumerate() {
        let own = |name: &str| format!("_blocks.{i}.{name}");
        if i > 0 {
            convolution(own("_expand_conv"), own("_bn0"), [wide, input, 1, 1]);
        }
        convolution(own("_depthwise_conv"), own("_bn1"), [wide, 1, kernel, kernel]);
        convolution(own("_project_conv"), own("_bn2"), [output, wide, 1, 1]);
        input = output;
    }
    convolution("_conv_head".into(), "_bn1".into(), [1280, input, 1, 1]);
    tensors.push(("_fc.weight".into(), vec![1000, 1280]));
    tensors.push(("_fc.bias".into(), vec![1000]));
    tensors
}

/// Pickle opcodes (Python's `pickletools` explains them), protocol 2.
#[derive(Default)]
struct Pickle(Vec<u8>);

impl Pickle {
    fn op(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.op(b"X").op(&(text.len() as u32).to_le_bytes()).op(text.as_bytes())
    }

    fn int(&mut self, n: usize) -> &mut Self {
        self.op(b"J").op(&(n as i32).to_le_bytes())
    }

    fn tuple(&mut self, ints: &[usize]) -> &mut Self {
        self.op(b"(");
        ints.iter().for_each(|&n| {
            self.int(n);
        });
        self.op(b"t")
    }

    /// `torch._utils._rebuild_tensor_v2` of the whole storage `key`.
    fn tensor(&mut self, key: &str, extents: &[usize]) -> &mut Self {
        let strides: Vec<usize> = (0..extents.len()).map(|i| extents[i + 1..].iter().product()).collect();
        self.op(b"ctorch._utils\n_rebuild_tensor_v2\n((").text("storage").op(b"ctorch\nFloatStorage\n");
        self.text(key).text("cpu").int(extents.iter().product()).op(b"NtQ");
        self.int(0).tuple(extents).tuple(&strides).op(b"\x89ccollections\nOrderedDict\n)RtR")
    }
}

/// The file: magic number, protocol, machine, state, keys, storages.
fn checkpoint(values: impl Fn(&str, usize) -> f32) -> Vec<u8> {
    let tensors = tensors();
    let mut file = Pickle::default();
    file.op(b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.");
    file.op(b"\x80\x02ccollections\nOrderedDict\n)R(");
    for (i, (name, extents)) in tensors.iter().enumerate() {
        file.text(name).tensor(&i.to_string(), extents);
    }
    file.op(b"u.\x80\x02](");
    (0..tensors.len()).for_each(|i| {
        file.text(&i.to_string());
    });
    file.op(b"e.");
    for (name, extents) in &tensors {
        let n: usize = extents.iter().product();
        file.op(&(n as u64).to_le_bytes()).op(&f32s((0..n).map(|i| values(name, i))));
    }
    file.0
}

#[test]
fn small_weights_are_half_the_file() {
    let values = |name: &str, i: usize| match name.rsplit_once('.') {
        Some((_, "running_var")) => 1.0,
        _ => ((i * 7 % 31) as f32 - 15.0) / 150.0,
    };
    let from = written("lite0-values.pth", &checkpoint(values));
    let sizes = ["full", "small"].map(|weights| {
        let to = scratch(&format!("lite0-{weights}.safetensors"));
        done(args!["convert", &from, "-o", &to, "--weights", weights]);
        let said = done(args!["inspect", &to]);
        assert!(said.contains(&format!("\nweights  {weights}, ")), "{said}");
        std::fs::metadata(&to).unwrap().len()
    });
    assert!(2 * sizes[1] <= sizes[0], "{sizes:?}");

    let text =
        refused_at_length(BAD_USE, args!["convert", &from, "-o", scratch("none"), "--weights", "int8"]);
    assert!(text.contains("invalid value 'int8' for '--weights <full|small>'"), "{text}");
}

#[test]
fn a_checkpoint_becomes_a_model_that_predicts() {
    // all weights zero: the logits are the classifier's bias, and class 7 wins
    let bytes = checkpoint(|name, i| match name {
        "_fc.bias" => f32::from(i == 7) * 2.5,
        _ => f32::from(name.ends_with("running_var")),
    });
    let (from, to) = (written("lite0.pth", &bytes), scratch("lite0.safetensors"));
    let stdout = done(args!["convert", &from, "-o", &to]);
    let bytes = std::fs::read(&to).unwrap();
    assert_eq!(stdout, format!("{}: EfficientNet-Lite0, {} bytes\n", to.display(), bytes.len()));
    let again = scratch("lite0-again.safetensors");
    done(args!["convert", &from, "-o", &again]);
    assert_eq!(std::fs::read(&again).unwrap(), bytes, "the same bytes each time");

    assert!(
        done(args!["inspect", &to]).starts_with("EfficientNet-Lite0: 1000 classes, 4631000 parameters\n")
    );
    let report = json(args!["predict", dog_cat(), "--model", &to, "--json", "--top", "2"]);
    let predictions = &report["predictions"];
    assert_eq!((&predictions[0]["index"], &predictions[0]["logit"]), (&7.into(), &2.5.into()));
    assert_eq!((&predictions[1]["index"], &predictions[1]["logit"]), (&0.into(), &0.0.into()));

    // and nothing in the photo causes that
    let stdout = done(args!["explain", dog_cat(), "--model", &to, "--method", "grad-cam"]);
    assert!(stdout.ends_with("maximum 0\nno positive evidence for this class in this layer\n"), "{stdout}");
}
