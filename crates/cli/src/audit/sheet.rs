//! The audit as a page in one file: its summary, and a contact sheet of the photos with the least evidence in
//! their masks.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use candling_audit::Mean;
use candling_imaging::{Colormap, Map, Paint, overlay, render};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbaImage};

use super::{Auditor, Basis, Finding, Row, Summary, TITLE};
use crate::error::Result;
use crate::output::Output;

/// Longest side of a picture on the sheet, in pixels.
const SIDE: u32 = 192;

const QUALITY: u8 = 80;

/// The colour map of the site's pages.
const COLORMAP: Colormap = Colormap::Candle;

const STYLE: &str = "
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); font-variant-numeric: tabular-nums; }
td, thead th + th { text-align: right; }
.group th { font-weight: normal; padding-left: 2rem; }
ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; padding: 0; list-style: none; }
img { display: block; width: 100%; border-radius: .25rem; }
figure { margin: 0; overflow-wrap: anywhere; font-size: .875rem; }
.wrong { font-weight: bold; }
";

/// Writes the page. Its photos are computed again, so that an audit keeps no pictures in memory.
pub fn write(
    output: &Output,
    show: usize,
    auditor: &Auditor<'_>,
    rows: &[Row],
    summary: &[Summary],
    basis: &Basis<'_>,
) -> Result<()> {
    let mut sorted: Vec<&Row> = rows.iter().filter(|row| row.error.is_empty()).collect();
    // without masks, wrong ones come first
    sorted.sort_by(|a, b| {
        let by = |row: &Row| (row.evidence.unwrap_or(2.0), row.correct);
        by(a).0.total_cmp(&by(b).0).then(by(a).1.cmp(&by(b).1))
    });
    let mut items = String::new();
    for row in sorted.into_iter().take(show) {
        if let Some(finding) = auditor.again(row)? {
            items.push_str(&item(finding)?);
        }
    }
    let model = escaped(auditor.model.name());
    let layer = escaped(&auditor.settings.layer);
    let table = table(summary);
    let list = |lines: &[String]| {
        lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect::<String>()
    };
    let intervals = basis.intervals().join(" ");
    let basis = list(&basis.lines());
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         {TITLE}{model}</title>\n<style>{STYLE}</style>\n<h1>Audit of {model}</h1>\n\
         <p>How often it is right, and how much of what speaks for its answer (Grad-CAM at the layer {layer}) lies in the masks. {intervals}</p>\n\
         {table}\n<h2>What this stands on</h2>\n<ul>\n{basis}</ul>\n\
         <h2>Photos, the least evidence in the mask first</h2>\n\
         <p>The maps over the photos are those that were measured: Grad-CAM at the layer {layer}.</p>\n<ol>\n{items}</ol>\n</html>\n"
    );
    output.write(page.as_bytes())
}

fn table(summary: &[Summary]) -> String {
    let mut rows = String::new();
    for line in summary {
        let Summary { class, photos, accuracy, evidence, evenly, .. } = line;
        let (kind, name) = match (class, line.group_name()) {
            (None, _) => ("", "all".to_owned()),
            (Some(class), None) => ("", escaped(class)),
            (Some(_), Some(group)) => (" class=\"group\"", escaped(group)),
        };
        let cell = |mean: &Option<Mean>| mean.map_or_else(|| "–".to_owned(), |mean| mean.words());
        let _ = writeln!(
            rows,
            "<tr{kind}><th scope=\"row\">{name}</th><td>{photos}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            cell(accuracy),
            cell(evidence),
            evenly.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
        );
    }
    format!(
        "<table>\n<thead><tr><th scope=\"col\">class</th><th scope=\"col\">photos</th><th scope=\"col\">right</th>\
         <th scope=\"col\">evidence in the mask</th><th scope=\"col\">if spread evenly</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    )
}

fn item(Finding { seen, map, row }: Finding) -> Result<String> {
    let map = Map::new(&map.data, map.shape.c, map.shape.h, map.shape.w)?;
    let opacity = COLORMAP.usual_opacity();
    let paint = Paint { colormap: COLORMAP, opacity, scale: None, backdrop: Some(&seen.backdrop) };
    let heat = render(&map, seen.view.width, seen.view.height, paint)?;
    let mut photo = seen.photo;
    overlay(&mut photo, &heat, seen.view)?;
    let unpainted = |why: String| candling_core::Error::Backend(format!("{}: {why}", row.photo));
    let picture = RgbaImage::from_raw(photo.width, photo.height, photo.rgba)
        .ok_or_else(|| unpainted("a picture of another size than it says".into()))?;
    let picture = DynamicImage::from(picture).thumbnail(SIDE, SIDE).to_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&picture)
        .map_err(|e| unpainted(e.to_string()))?;
    let evidence =
        row.evidence.map_or_else(|| "no mask".to_owned(), |share| format!("{:.0} % inside", 100.0 * share));
    Ok(format!(
        "<li><figure><img alt=\"\" src=\"data:image/jpeg;base64,{}\"><figcaption>{evidence}<br><span{}>{}, {:.0} %</span><br>{}</figcaption></figure></li>\n",
        STANDARD.encode(&jpeg),
        if row.correct { "" } else { " class=\"wrong\"" },
        escaped(&row.predicted),
        100.0 * row.probability,
        escaped(&row.photo)
    ))
}

/// Escapes text for HTML: names of files and classes may come from anybody.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
