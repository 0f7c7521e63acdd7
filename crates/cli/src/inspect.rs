//! `candling inspect`

use crate::args::Inspect;
use crate::error::Result;
use crate::forward_pass::load_model;

pub fn run(args: &Inspect) -> Result<String> {
    let model = load_model(args.model.as_deref())?;
    if args.classes {
        let names = model.labels().names().iter().enumerate();
        return Ok(names.map(|(index, name)| format!("{index:>5}  {name}")).collect::<Vec<_>>().join("\n"));
    }
    let graph = model.graph();
    let parameters: usize = model.weights().values().map(|weight| weight.data.len()).sum();
    let p = model.preprocessing();
    let mut lines = vec![
        format!("{}: {} classes, {parameters} parameters", model.name(), graph.classes()),
        format!("licence  {}", model.licence()),
        format!("origin   {}", model.origin()),
        format!("weights  {}", model.precision()),
        format!(
            "input    {}x{}, (pixel - {:?}) / {:?}, centre crop {}",
            p.width, p.height, p.mean, p.std, p.crop_fraction
        ),
        format!("default  {}", graph.node(model.default_layer()).name),
        format!("evidence {}", graph.node(model.evidence_layer()).name),
        String::new(),
        format!("{:<24} {:<16} {:<16} from", "layer", "op", "output"),
    ];
    lines.extend(graph.ids().map(|id| {
        let node = graph.node(id);
        let shape = graph.shape(id).to_string();
        format!("{:<24} {:<16} {shape:<16} {}", node.name, node.op.name(), node.inputs.join(", "))
    }));
    Ok(lines.join("\n"))
}
