//! `candling inspect`

use crate::args::Inspect;
use crate::error::Result;
use crate::session::load_model;

pub fn run(args: &Inspect) -> Result<()> {
    let model = load_model(args.model.as_deref())?;
    let graph = &model.graph;
    let parameters: usize = model.weights.values().map(|weight| weight.data.len()).sum();
    let p = &model.preprocessing;
    println!("{}: {} classes, {parameters} parameters", model.name, graph.classes());
    println!("licence  {}", model.licence);
    println!("origin   {}", model.origin);
    println!(
        "input    {}x{}, (pixel - {:?}) / {:?}, centre crop {}",
        p.width, p.height, p.mean, p.std, p.crop_fraction
    );
    println!("default  {}", graph.node(model.default_layer).name);
    println!();
    println!("{:<24} {:<16} {:<16} from", "layer", "op", "output");
    for id in graph.ids() {
        let node = graph.node(id);
        let shape = graph.shape(id).to_string();
        println!("{:<24} {:<16} {shape:<16} {}", node.name, node.op.name(), node.inputs.join(", "));
    }
    Ok(())
}
