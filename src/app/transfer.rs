//! QR codes for a phone.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use zeroize::Zeroizing;

use crate::protocol::QrView;

/// Light modules around the code, as the standard asks.
const MARGIN: i32 = 4;

/// Longest text that gets the stronger error correction; what is longer is scanned more easily with larger modules.
const STRONGER: usize = 300;

/// The dark modules as an SVG path; `None` if the text does not fit into a QR code.
pub(super) fn draw(text: &[u8]) -> Option<QrView> {
    let strength = if text.len() <= STRONGER { QrCodeEcc::Medium } else { QrCodeEcc::Low };
    let code = QrCode::encode_binary(text, strength).ok()?;
    let mut path = Zeroizing::new(String::with_capacity(16 * 1024));
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            let run = x - start;
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", start + MARGIN, y + MARGIN);
            }
            x += 1;
        }
    }
    Some(QrView { path: path.to_string(), size: u32::try_from(code.size() + 2 * MARGIN).ok()? })
}
