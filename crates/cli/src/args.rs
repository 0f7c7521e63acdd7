//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use candling_core::Method;
use candling_imaging::{Colormap, Fit};
use candling_models::Precision;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::backend::Choice;

/// See what in a photo made an image classifier say so.
#[derive(Parser)]
#[command(
    version,
    after_help = "exit codes: 0 done, 1 bad input (a file, a model), 2 bad use (an option, a class, a layer), \
                  3 an audit is below what --fail-under asks for"
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Name the likeliest classes of a photo
    Predict(Predict),
    /// Map what made the network say a class
    Explain(Explain),
    /// Describe a model file
    Inspect(Inspect),
    /// Make a model file from a PyTorch checkpoint of EfficientNet-Lite0, 1 or 2
    Convert(Convert),
    /// Train a model's last layer on photos of your own, one folder for each class
    Train(Train),
    /// See of many photos whether a model is right, and whether it looks where it should
    Audit(Audit),
}

/// What is looked at, and with which model.
#[derive(Args)]
pub struct Source {
    /// A photo: JPEG, PNG, WebP, GIF, BMP or TIFF
    #[arg(value_name = "PHOTO", required_unless_present = "input", conflicts_with = "input")]
    pub photo: Option<PathBuf>,
    /// A ready input tensor instead of a photo: f32 .npy of 1x3xHxW
    #[arg(long, value_name = "TENSOR.npy")]
    pub input: Option<PathBuf>,
    /// What of the photo the network sees: all of it, squashed, or the model's centre crop
    #[arg(long, value_name = "squash|crop", default_value = "squash", conflicts_with = "input")]
    pub fit: Fit,
    /// A model file; EfficientNet-Lite0 is built in
    #[arg(long, value_name = "PATH")]
    pub model: Option<PathBuf>,
    /// Where the network is computed: on the processor, or on the graphics card through Vulkan or Metal
    #[arg(long, value_name = "cpu|webgpu", default_value = "cpu", hide_possible_values = true)]
    pub backend: Choice,
}

#[derive(Args)]
pub struct Predict {
    #[command(flatten)]
    pub source: Source,
    /// How many classes to name
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub top: u16,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write the logits: f32 .npy of [classes]
    #[arg(long, value_name = "LOGITS.npy")]
    pub raw: Option<PathBuf>,
}

#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    pub source: Source,
    /// gradient, input-x-gradient, guided-backprop, deconvnet, cam, grad-cam, guided-grad-cam, hires-cam, layer-cam,
    /// occlusion
    #[arg(long)]
    pub method: How,
    /// CLASS, or CLASS-vs-CLASS for the margin of one over the other; a class is an index, a name, or a part that
    /// one name alone has. Default: the top class
    #[arg(long, value_name = "CLASS")]
    pub target: Option<String>,
    /// The layer to look at; default: the last convolution
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Grad-CAM: what speaks against the class
    #[arg(long)]
    pub counterfactual: bool,
    /// Occlusion: side of the grey patch, in pixels of the input; default: 32
    #[arg(long, value_name = "PIXELS")]
    pub patch: Option<usize>,
    /// Occlusion: from one position of the patch to the next; default: half its side
    #[arg(long, value_name = "PIXELS")]
    pub stride: Option<usize>,
    /// Write a picture: the map over the photo, or the pixel map
    #[arg(short, long, value_name = "OUT.png")]
    pub output: Option<PathBuf>,
    /// candle, which lights the evidence and shows it on any photo, or turbo, inferno, viridis or jet, which paint over it
    #[arg(long, default_value = "candle")]
    pub colormap: Colormap,
    /// Of the map over the photo, 0 to 1; default: 0.95 for candle, 0.5 for the others
    #[arg(long, value_name = "SHARE", value_parser = share::<f32>)]
    pub opacity: Option<f32>,
    /// Write the raw values: f32 .npy, [h,w] for CAM methods and occlusion, [3,H,W] for pixel methods
    #[arg(long, value_name = "MAP.npy")]
    pub raw: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// How a map comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By a walk back through one forward pass.
    Walk(Method),
    /// By a forward pass for each place that is covered.
    Occlusion,
}

impl How {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Walk(method) => method.name(),
            Self::Occlusion => "occlusion",
        }
    }
}

impl FromStr for How {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if name == Self::Occlusion.name() {
            return Ok(Self::Occlusion);
        }
        // its error ends with the list of the other methods
        name.parse()
            .map(Self::Walk)
            .map_err(|e: candling_core::Error| format!("{e}, {}", Self::Occlusion.name()))
    }
}

/// A number from 0 to 1.
fn share<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    match text.parse() {
        Ok(value) if (T::from(0)..=T::from(1)).contains(&value) => Ok(value),
        _ => Err("it is a number from 0 to 1".to_owned()),
    }
}

#[derive(Args)]
pub struct Inspect {
    /// A model file; EfficientNet-Lite0 is built in
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// List its classes instead: index and name
    #[arg(long)]
    pub classes: bool,
}

#[derive(Args)]
pub struct Convert {
    /// A PyTorch checkpoint, .pth
    pub checkpoint: PathBuf,
    /// Where the model file goes
    #[arg(short, long, value_name = "MODEL.safetensors")]
    pub output: PathBuf,
    /// f16, or packed into half of that
    #[arg(long, value_name = "full|small", default_value = "full", hide_possible_values = true)]
    pub weights: Weights,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Weights {
    Full,
    Small,
}

impl From<Weights> for Precision {
    fn from(weights: Weights) -> Self {
        match weights {
            Weights::Full => Self::Full,
            Weights::Small => Self::Small,
        }
    }
}

#[derive(Args)]
pub struct Train {
    /// A folder with one folder for each class, named as the class; photos in these, in groups if you like
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Where the model file goes
    #[arg(short, long, value_name = "MODEL.safetensors")]
    pub output: PathBuf,
    /// The model whose last layer is trained; EfficientNet-Lite0 is built in
    #[arg(long, value_name = "PATH")]
    pub model: Option<PathBuf>,
    /// What of a photo the network sees: all of it, squashed, or the model's centre crop
    #[arg(long, value_name = "squash|crop", default_value = "squash")]
    pub fit: Fit,
    /// The share of each class's photos that is not learnt from, to see how the model does on photos that it does not know
    #[arg(long, value_name = "SHARE", default_value_t = 0.25, value_parser = share_but_one)]
    pub held_out: f64,
    /// Chooses the photos that are held out
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A number from 0 to 1, without 1.
fn share_but_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("it is a number from 0 to 1, without 1".to_owned()),
    }
}

#[derive(Args)]
pub struct Audit {
    /// A folder with one folder for each class, with the whole name of one of the model's; in these photos, or groups of photos
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The model that is audited; EfficientNet-Lite0 is built in
    #[arg(long, value_name = "PATH")]
    pub model: Option<PathBuf>,
    /// What of a photo the network sees: all of it, squashed, or the model's centre crop
    #[arg(long, value_name = "squash|crop", default_value = "squash")]
    pub fit: Fit,
    /// The layer whose Grad-CAM is measured; without it, the end of the last residual block
    #[arg(long, value_name = "LAYER")]
    pub layer: Option<String>,
    /// A folder of masks: for CLASS/GROUP/NAME.jpg the picture CLASS/GROUP/NAME.png, or one so called in CLASS, or in the folder itself; it may
    /// also be called NAME_mask or NAME_seg. DIR itself, where masks lie among the photos: in folders called masks, or beside them as
    /// NAME_mask.png. Inside is what is white, or any index of a palette but 0; what was taken is said
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// The one value, or index of a palette, that is inside a mask
    #[arg(long, value_name = "N", requires = "masks")]
    pub mask_value: Option<u16>,
    /// Write one line a photo
    #[arg(long, value_name = "OUT.csv")]
    pub csv: Option<PathBuf>,
    /// Go on with OUT.csv: take over what was found of photos and masks that are what they were, with the same model and options
    #[arg(long, requires = "csv")]
    pub resume: bool,
    /// Write over an audit's OUT.csv or REPORT.html that is there already
    #[arg(long, conflicts_with = "resume")]
    pub overwrite: bool,
    /// Write a page that needs nothing else, with the photos that have the least evidence in their masks
    #[arg(long, value_name = "REPORT.html")]
    pub html: Option<PathBuf>,
    /// How many photos the page shows
    #[arg(long, value_name = "N", default_value_t = 60, requires = "html")]
    pub show: usize,
    /// End with exit code 3 if the mean share of evidence inside the masks is below this
    #[arg(long, value_name = "SHARE", value_parser = share::<f64>, requires = "masks")]
    pub fail_under: Option<f64>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
