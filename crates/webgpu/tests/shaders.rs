//! Every shader is valid WGSL, and the crate lists all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use candling_webgpu::{DEPTH, Field, LAYOUTS, Layout, SHADERS, Shader, TILE};
use naga::valid::{Capabilities, ValidationFlags, Validator};

/// Capabilities of every browser with WebGPU. Only some OpenGL lack `unpack2x16float`.
const EVERYWHERE: Capabilities = Capabilities::SHADER_FLOAT16_IN_FLOAT32;

#[test]
fn naga_takes_every_shader() {
    for Shader { name, text, .. } in SHADERS {
        let module = naga::front::wgsl::parse_str(text)
            .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)));
        let valid = Validator::new(ValidationFlags::all(), EVERYWHERE).validate(&module);
        valid.unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(text, name)));
        assert_eq!(module.entry_points.len(), 1, "{name}: one kernel a file");
    }
}

/// Uniforms agree with the shaders in name, type and offset of every field. Two swapped sizes would compile,
/// and be wrong.
#[test]
fn uniforms_are_laid_out_as_in_the_shader() {
    assert_eq!(SHADERS.len(), LAYOUTS.len());
    for (Shader { name, text, .. }, Layout { fields, size }) in SHADERS.iter().zip(LAYOUTS) {
        let module = naga::front::wgsl::parse_str(text).unwrap();
        let of_uniforms =
            |(_, variable): &(_, &naga::GlobalVariable)| variable.space == naga::AddressSpace::Uniform;
        let (_, variable) = module.global_variables.iter().find(of_uniforms).unwrap();
        let naga::TypeInner::Struct { members, span } = &module.types[variable.ty].inner else {
            panic!("{name}: its uniforms are no struct");
        };
        let kind = |ty: naga::Handle<naga::Type>| match module.types[ty].inner {
            naga::TypeInner::Scalar(naga::Scalar::U32) => "u32",
            naga::TypeInner::Scalar(naga::Scalar::I32) => "i32",
            naga::TypeInner::Scalar(naga::Scalar::F32) => "f32",
            ref other => panic!("{name}: {other:?} in its uniforms"),
        };
        let read: Vec<(&str, &str, usize)> = members
            .iter()
            .map(|member| (member.name.as_deref().unwrap(), kind(member.ty), member.offset as usize))
            .collect();
        let told: Vec<_> =
            fields.iter().map(|Field { name, kind, offset }| (*name, *kind, *offset)).collect();
        assert_eq!(told, read, "{name}");
        assert_eq!(*size, *span as usize, "{name}");
    }
}

/// The pipeline constants are those of the shader.
#[test]
fn constants_are_those_of_the_shader() {
    for Shader { name, text, constants, .. } in SHADERS {
        let module = naga::front::wgsl::parse_str(text).unwrap();
        let mut declared: Vec<&str> =
            module.overrides.iter().map(|(_, of)| of.name.as_deref().unwrap()).collect();
        let mut known = constants.to_vec();
        declared.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, declared, "{name}");
    }
}

#[test]
fn tiles_are_as_large_as_the_crate_says() {
    for Shader { name, text, .. } in SHADERS.iter().filter(|of| ["pointwise", "dense"].contains(&of.name)) {
        for constant in [format!("const TILE = {TILE}u;"), format!("const DEPTH = {DEPTH}u;")] {
            assert!(text.contains(&constant), "{name}: no {constant}");
        }
    }
}

#[test]
fn every_file_is_known() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shaders");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut known: Vec<String> = SHADERS.iter().map(|shader| shader.name.to_owned()).collect();
    known.sort();
    assert_eq!(files, known);
}
