//! `twin-bindgen IN.wasm OUT_DIR NAME TS_DIR`: writes the module and its JavaScript glue, as wasm-bindgen's own command
//! would, and what of `twin-core` is only data as TypeScript: notices, and the names of countries and the like.
//!
//! A crate of the workspace instead of an installed tool: the glue is then always made by the version in Cargo.lock.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result};
use twin_core::names::{LISTS, names};
use twin_core::notice::Code;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, out, name, typescript] = arguments.as_slice() else {
        anyhow::bail!("usage: twin-bindgen IN.wasm OUT_DIR NAME TS_DIR");
    };
    Bindgen::new()
        .input_path(module)
        .out_name(name)
        .bundler(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)
        .with_context(|| format!("no glue could be made for {module}"))?;
    let folder = Path::new(typescript);
    notices(folder)
        .and_then(|()| lists_of_names(folder))
        .with_context(|| format!("nothing could be written in {typescript}"))
}

/// For the file that is loaded when a page writes a country out, or the like.
fn lists_of_names(folder: &Path) -> Result<()> {
    let mut code = String::from(
        "// Written by crates/bindgen from crates/core/src/normalize at every build.\nconst names: Readonly<Record<string, string>> = {\n",
    );
    for of in LISTS {
        code += &format!("  {of}: {:?},\n", names(of));
    }
    fs::write(
        folder.join("names.ts"),
        code + "};\n\nexport default names;\n",
    )?;
    Ok(())
}

/// Numbers for the bundle, names and sentences for the file that only debug mode loads.
fn notices(folder: &Path) -> Result<()> {
    let head = "// Written by crates/bindgen from crates/core/src/notice.rs at every build.\n";
    let mut codes = String::from(head);
    let mut texts =
        format!("{head}import type {{ Texts }} from \"./notices.js\";\n\nconst texts: Texts = [\n");
    for (number, code) in Code::ALL.iter().enumerate() {
        codes += &format!("export const {} = {number};\n", code.name().to_uppercase());
        texts += &format!("  [{:?}, {:?}],\n", code.name(), code.text());
    }
    fs::write(folder.join("codes.ts"), codes)?;
    fs::write(
        folder.join("texts.ts"),
        texts + "];\n\nexport default texts;\n",
    )?;
    Ok(())
}
