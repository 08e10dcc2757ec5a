//! An account as a QR code, for a phone.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use zeroize::Zeroizing;

use crate::otp::uri::{self, Enrolment};
use crate::vault::Account;

/// Light modules around the code, as the standard asks.
const MARGIN: i32 = 4;

/// The dark modules as an SVG path, and the modules along a side with the
/// margin; `None` if the account does not fit into a QR code.
pub(super) fn draw(account: &Account) -> Option<(Zeroizing<String>, u32)> {
    let uri = uri::write(&Enrolment {
        credential: account.credential.clone(),
        issuer: account.issuer.clone(),
        name: account.name.clone(),
        tenant: account.tenant.clone(),
    });
    let code = QrCode::encode_text(&uri, QrCodeEcc::Medium).ok()?;
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
    Some((path, u32::try_from(code.size() + 2 * MARGIN).ok()?))
}
