//! Google Authenticator's transfer: `otpauth-migration://offline?data=` and a
//! base64 protobuf, in as many QR codes as it takes. The message is as published
//! by those who read it; no specification exists. There is no period: it is
//! always 30.
//!
//! Written here; the crate `formats` reads it. The messages are not wiped by
//! themselves: the programs' allocator wipes all that it frees.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message;
use zeroize::Zeroizing;

use super::split_name;
use data_encoding::BASE64;
use otp::uri::{Enrolment, is_a_name};
use otp::{Algorithm, Credential, Factor};

/// Largest page, in bytes of URI: a QR code of version 17 or less at the lowest
/// error correction, which a phone reads off a screen.
const MAX_PAGE: usize = 640;
/// Longest URI that any QR code holds, with room for the numbers of its batch.
const MAX_QR: usize = 2_900;
/// Most accounts on a page, as Google Authenticator has it.
const MAX_ON_PAGE: usize = 10;

/// One part of a transfer.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
#[allow(missing_docs, reason = "the fields are Google's")]
pub struct Part {
    /// Each of them [`Parameters`], on their own: one that is damaged does not lose the others.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub entries: Vec<Vec<u8>>,
    #[prost(int32, tag = "2")]
    pub version: i32,
    #[prost(int32, tag = "3")]
    pub batch_size: i32,
    #[prost(int32, tag = "4")]
    pub batch_index: i32,
    #[prost(int32, tag = "5")]
    pub batch_id: i32,
}

/// One account of a transfer. What is zero is unspecified, which old versions wrote for the usual.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
#[allow(missing_docs, reason = "the fields are Google's")]
pub struct Parameters {
    #[prost(bytes = "vec", tag = "1")]
    pub secret: Vec<u8>,
    /// UTF-8, most often.
    #[prost(bytes = "vec", tag = "2")]
    pub name: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    pub issuer: Vec<u8>,
    /// 1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5.
    #[prost(int32, tag = "4")]
    pub algorithm: i32,
    /// 1 six, 2 eight.
    #[prost(int32, tag = "5")]
    pub digits: i32,
    /// 1 HOTP, 2 TOTP.
    #[prost(int32, tag = "6")]
    pub kind: i32,
    #[prost(uint64, tag = "7")]
    pub counter: u64,
}

/// The pages for Google Authenticator, each a URI for one QR code, and the
/// positions of those that the format cannot hold: it has no Steam, no period
/// but 30 seconds, no lengths but 6 and 8, and nothing that is longer than a QR
/// code. Then those whose name is cut elsewhere by whoever reads it: there is but one colon between the
/// organisation and the name. `batch` is random.
pub(crate) fn write(entries: &[Enrolment], batch: i32) -> (Vec<Zeroizing<String>>, Vec<usize>, Vec<usize>) {
    let (mut left_out, mut renamed) = (Vec::new(), Vec::new());
    let mut pages: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut size = 0;
    for (at, whole) in entries.iter().enumerate() {
        let fits = |entry: &Vec<u8>| uri(&Part { entries: vec![entry.clone()], ..Part::default() }).len() <= MAX_QR;
        let Some(entry) = parameters(whole).map(|entry| entry.encode_to_vec()).filter(fits) else {
            left_out.push(at);
            continue;
        };
        // Cut elsewhere, a name may come to be longer than any.
        let full = full_name(whole);
        let (organisation, name) = split_name(&whole.issuer, &full);
        if !is_a_name(name) {
            left_out.push(at);
            continue;
        }
        if (organisation, name) != (whole.organisation.as_deref(), whole.name.as_str()) {
            renamed.push(at);
        }
        // Base64 takes four characters for three bytes, and `+`, `/` and `=` are escaped: one in 21 on average.
        let cost = (entry.len() + 3) * 3 / 2;
        match pages.last_mut().filter(|page| page.len() < MAX_ON_PAGE && size + cost <= MAX_PAGE) {
            Some(page) => {
                page.push(entry);
                size += cost;
            }
            None => {
                pages.push(vec![entry]);
                size = cost;
            }
        }
    }
    let batch_size = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    let parts = (0..).zip(pages).map(|(batch_index, entries)| Part {
        entries,
        version: 1,
        batch_size,
        batch_index,
        batch_id: batch,
    });
    (parts.map(|part| uri(&part)).collect(), left_out, renamed)
}

fn uri(part: &Part) -> Zeroizing<String> {
    let base64 = Zeroizing::new(BASE64.encode(&Zeroizing::new(part.encode_to_vec())));
    Zeroizing::new(format!("otpauth-migration://offline?data={}", utf8_percent_encode(&base64, NON_ALPHANUMERIC)))
}

fn parameters(entry: &Enrolment) -> Option<Parameters> {
    let Credential { secret, algorithm, digits, factor } = &entry.credential;
    let (kind, counter) = match factor {
        Factor::Time { period: 30 } => (2, 0),
        Factor::Counter { counter } => (1, *counter),
        _ => return None,
    };
    let digits = match digits {
        6 => 1,
        8 => 2,
        _ => return None,
    };
    let algorithm = match algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    let name = full_name(entry);
    let secret = secret.expose().to_vec();
    let (name, issuer) = (name.into_bytes(), entry.issuer.clone().into_bytes());
    Some(Parameters { secret, name, issuer, algorithm, digits, kind, counter })
}

/// Behind the organisation, or else the issuer.
fn full_name(entry: &Enrolment) -> String {
    let prefix = entry.organisation.as_deref().unwrap_or(&entry.issuer);
    if prefix.is_empty() { entry.name.clone() } else { format!("{prefix}:{}", entry.name) }
}
