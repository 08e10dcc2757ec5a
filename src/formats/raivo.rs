//! Raivo OTP: a JSON list whose values are all texts, inside a password zip.
//!
//! <https://github.com/raivo-otp/ios-application>. The archive also holds a
//! page with QR codes, which the reader of archives passes over.

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Format, Import};

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::Raivo, Some(json), |item| Draft {
        kind: item.text_of("kind"),
        period: item.optional("timer", Why::Period),
        ..Draft::of_json(item)
    })
}
