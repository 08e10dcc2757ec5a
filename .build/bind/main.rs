//! `bind INPUT.wasm FOLDER NAME`: what `wasm-bindgen --target web --experimental-reset-state-function --out-dir FOLDER
//! --out-name NAME INPUT.wasm` does. The function makes an instance anew, after a trap.

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().with_context(|| format!("{what} is missing"));
    let (input, folder, name) = (next("the module")?, next("the folder")?, next("the name")?);
    Bindgen::new().input_path(input).web(true)?.typescript(true).reset_state_function(true).out_name(&name).generate(folder)
}
