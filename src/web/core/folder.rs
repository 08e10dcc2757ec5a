//! A folder, as a page or the worker gives it.

use js_sys::{Array, Reflect, Uint8Array};
use vault::folder::{Folder, FolderTrouble};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const FOLDER_ACCESS: &str = r"
/** A folder's files. What fails, fails with a `DOMException`. */
export interface FolderAccess {
    names(): Promise<string[]>;
    read(name: string): Promise<Uint8Array | undefined>;
    write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}
";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "FolderAccess")]
    pub type FolderAccess;
    #[wasm_bindgen(method, catch)]
    async fn names(this: &FolderAccess) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn read(this: &FolderAccess, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn write(this: &FolderAccess, name: &str, bytes: Uint8Array) -> Result<JsValue, JsValue>;
}

impl Folder for FolderAccess {
    async fn names(&self) -> Result<Vec<String>, FolderTrouble> {
        let names = Array::from(&self.names().await.map_err(trouble)?);
        Ok(names.iter().filter_map(|name| name.as_string()).collect())
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderTrouble> {
        let bytes = self.read(name).await.map_err(trouble)?;
        Ok((!bytes.is_undefined()).then(|| Uint8Array::new(&bytes).to_vec()))
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderTrouble> {
        self.write(name, Uint8Array::from(bytes)).await.map_err(trouble).map(drop)
    }
}

fn trouble(error: JsValue) -> FolderTrouble {
    let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
    match name.as_deref() {
        Some("NotAllowedError") => FolderTrouble::Asks,
        Some("NotFoundError") => FolderTrouble::Gone,
        Some("QuotaExceededError") => FolderTrouble::Full,
        Some("NoModificationAllowedError" | "InvalidModificationError") => FolderTrouble::ReadOnly,
        _ => FolderTrouble::Failed,
    }
}
