//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use candling_core::Method;
use candling_imaging::{Colormap, Fit};
use candling_models::Precision;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::backend::Choice;
use crate::method_options::MethodOptions;
use crate::one_of::OneOf;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 bad input (a file, a model; of predict and explain also if only some of several \
    photos failed, which train and audit count and name); 2 bad use (an option, a class, a layer); 3 an audit is below what --fail-under asks for; 130 interrupted";

const DASH: &str = "A file that is called - is written ./- and one that begins with - is put behind --.";

/// See what in a photo made an image classifier say so.
#[derive(Parser)]
#[command(
    version,
    after_help = EXIT_CODES,
    after_long_help = format!("{EXIT_CODES}\n\nExamples:\n  candling predict dog.jpg\n  \
        candling explain dog.jpg --target shepherd -o why.png\n  \
        candling explain photos/ -o maps/ --top 3 --jsonl > maps.jsonl\n  \
        candling completions bash > ~/.local/share/bash-completion/completions/candling\n  \
        candling man -o ~/.local/share/man/man1")
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Name the likeliest classes of photos
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
    /// Print a script that completes this command in a shell
    Completions(Completions),
    /// Print the manual page, or write the pages of all commands
    Man(Man),
}

/// What is looked at, and with which model.
#[derive(Args)]
pub struct Source {
    /// Photos, and folders of photos; - is standard input
    ///
    /// JPEG, PNG, WebP, GIF, BMP and TIFF. What a file is, its content says and not its name. Folders are
    /// gone through to the end; what is hidden in them, and what is no photo, is passed over.
    #[arg(value_name = "PHOTO", required_unless_present = "input", conflicts_with = "input", value_hint = ValueHint::AnyPath)]
    pub photos: Vec<PathBuf>,
    /// A ready input tensor instead of photos: f32 .npy of 1x3xHxW; - is standard input
    #[arg(long, value_name = "TENSOR.npy", value_hint = ValueHint::FilePath)]
    pub input: Option<PathBuf>,
    /// What of a photo the network sees: all of it, squashed, or the model's centre crop
    #[arg(
        long,
        value_name = "squash|crop",
        default_value = "squash",
        conflicts_with = "input",
        value_parser = OneOf::<Fit>::new(&Fit::ALL.map(Fit::name)),
        hide_possible_values = true
    )]
    pub fit: Fit,
    /// A model file; EfficientNet-Lite0 is built in
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub model: Option<PathBuf>,
    /// Where the network is computed: on the processor, or on the graphics card through Vulkan or Metal
    #[arg(long, value_name = "cpu|webgpu", default_value = "cpu", hide_possible_values = true)]
    pub backend: Choice,
}

/// What is said of it, and how.
#[derive(Args)]
pub struct Saying {
    /// Print one JSON object; of several photos --jsonl prints one each
    #[arg(long, conflicts_with = "jsonl")]
    pub json: bool,
    /// Print one JSON object a photo, each on a line and as soon as it is there; of one that failed, `source`
    /// and `error`
    #[arg(long)]
    pub jsonl: bool,
    /// No words and no progress bar; errors are still told, and JSON is still printed
    #[arg(short, long)]
    pub quiet: bool,
    /// Replace files in a folder of outputs; without it, one that is there is an error
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(Args)]
#[command(
    after_help = DASH,
    after_long_help = format!("{DASH}\n\nExamples:\n  candling predict dog.jpg --top 3\n  \
        candling predict photos/ --jsonl > answers.jsonl\n  \
        curl -s https://example.org/dog.jpg | candling predict -")
)]
pub struct Predict {
    #[command(flatten)]
    pub source: Source,
    /// How many classes to name
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub top: u16,
    /// Write the logits: f32 .npy of [classes]; of several photos, into this folder; - is standard output
    #[arg(long, value_name = "LOGITS.npy|DIR", value_hint = ValueHint::AnyPath)]
    pub raw: Option<PathBuf>,
    #[command(flatten)]
    pub saying: Saying,
}

#[derive(Args)]
#[command(
    after_help = DASH,
    after_long_help = format!("{DASH}\n\nA folder of outputs mirrors where the photos lie below the folder that they have in common: \
        `explain a/x.jpg b/x.jpg -o maps` writes maps/a/x.jpg.png and maps/b/x.jpg.png. With --top, rank, index and name of the \
        class are added: maps/x.jpg.1-235-german-shepherd-dog.png.\n\nExamples:\n  \
        candling explain dog.jpg -o why.png\n  \
        candling explain dog.jpg --target shepherd-vs-tabby --layer evidence -o why.png --raw why.npy\n  \
        candling explain photos/ more/*.jpg -o maps/ --top 3\n  \
        candling explain photos/ -o maps/ --jsonl > maps.jsonl\n  \
        curl -s https://example.org/dog.jpg | candling explain - -o - > why.png")
)]
pub struct Explain {
    #[command(flatten)]
    pub source: Source,
    /// How the map is made
    #[arg(
        long,
        default_value = Method::GRAD_CAM.name(),
        value_parser = OneOf::<Method>::new(&Method::ALL.map(Method::name)),
    )]
    pub method: Method,
    /// CLASS, or CLASS-vs-CLASS for the margin of one over the other; a class is an index, a name, or a part
    /// that one name alone has. Default: the top class
    #[arg(long, value_name = "CLASS")]
    pub target: Option<String>,
    /// Explain the N likeliest classes of each photo
    #[arg(long, value_name = "N", conflicts_with = "target", value_parser = clap::value_parser!(u16).range(1..))]
    pub top: Option<u16>,
    /// The layer to look at; default: the last convolution
    ///
    /// `evidence` is where `candling audit` looks: the end of the last residual block. `candling inspect`
    /// names both, and all others.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Grad-CAM: what speaks against the class
    #[arg(long)]
    pub counterfactual: bool,
    #[command(flatten)]
    pub options: MethodOptions,
    /// Write a picture: the map over the photo, or the pixel map; several into this folder; - is standard
    /// output
    #[arg(short, long, value_name = "OUT.png|DIR", value_hint = ValueHint::AnyPath)]
    pub output: Option<PathBuf>,
    /// candle, which lights the evidence and shows it on any photo, or turbo, inferno, viridis or jet, which
    /// paint over it
    #[arg(long, default_value = "candle", value_parser = OneOf::<Colormap>::new(&Colormap::ALL.map(Colormap::name)))]
    pub colormap: Colormap,
    /// Opacity of the map over the photo, 0 to 1; default: 0.95 for candle, 0.5 for the others
    #[arg(long, value_name = "SHARE", value_parser = share::<f32>)]
    pub opacity: Option<f32>,
    /// Write the raw values: f32 .npy, [h,w] for CAM methods and occlusion, [3,H,W] for pixel methods;
    /// several into this folder; - is standard output
    #[arg(long, value_name = "MAP.npy|DIR", value_hint = ValueHint::AnyPath)]
    pub raw: Option<PathBuf>,
    #[command(flatten)]
    pub saying: Saying,
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
    /// The share of each class's photos that is not learnt from, to see how the model does on photos that it
    /// does not know
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
    /// A folder with one folder for each class, with the whole name of one of the model's; in these photos,
    /// or groups of photos
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
    /// A folder of masks: for CLASS/GROUP/NAME.jpg the picture CLASS/GROUP/NAME.png, or one so called in
    /// CLASS, or in the folder itself; it may also be called NAME_mask or NAME_seg. DIR itself, where masks
    /// lie among the photos: in folders called masks, or beside them as NAME_mask.png. Inside is what is
    /// white, or any index of a palette but 0; what was taken is said
    #[arg(long, value_name = "DIR")]
    pub masks: Option<PathBuf>,
    /// The one value, or index of a palette, that is inside a mask
    #[arg(long, value_name = "N", requires = "masks")]
    pub mask_value: Option<u16>,
    /// Write one line a photo
    #[arg(long, value_name = "OUT.csv")]
    pub csv: Option<PathBuf>,
    /// Go on with OUT.csv: take over what was found of photos and masks that are what they were, with the
    /// same model and options. A REPORT.html of the same model that is there already is made anew
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

#[derive(Args)]
#[command(
    after_help = "bash: put it into ~/.local/share/bash-completion/completions/candling; zsh: into a file `_candling` in a \
    folder of $fpath; fish: into ~/.config/fish/completions/candling.fish; PowerShell and elvish: into their start-up file"
)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

#[derive(Args)]
pub struct Man {
    /// The command whose page is printed; without it, that of `candling`
    #[arg(conflicts_with = "output")]
    pub page: Option<String>,
    /// Write the pages of all commands into this folder
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output: Option<PathBuf>,
}
