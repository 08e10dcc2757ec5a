//! `tofaktor issue`: hardware tokens that are none, for tenants that forbid
//! other apps.

use std::fs;
use std::io;
use std::path::Path;

use tokens::{Issued, Period, Token};
use zeroize::Zeroizing;

use crate::args::{self, Upload};
use crate::codes::now_ms;
use crate::convert::{random, save};
use crate::failure::Failure;
use crate::{input, output};

/// Most faults that are said one by one.
const SAID: usize = 20;

pub(crate) fn run(args: &args::Issue) -> Result<(), Failure> {
    let people = tokens::read(&input::whole(&args.people)?).map_err(|faults| {
        for fault in faults.iter().take(SAID) {
            eprintln!("{}: {fault}", args.people.display());
        }
        Failure::Faults(args.people.clone(), faults.len())
    })?;
    let period = if args.seconds == "60" { Period::Whole } else { Period::Half };
    let issued = tokens::issue(&people, args.organisation.as_deref(), period, now_ms(), &mut random);
    let issued = issued.map_err(Failure::Export)?;
    write(args, &issued).map_err(|error| Failure::File(args.output.clone(), error))?;
    output::line(&format!("{} tokens in {}", issued.len(), args.output.display()))?;
    let parcels = match args.for_policy {
        true => {
            "Whoever can read a person's policy has that person's token: roll each out to that person alone, then delete it."
        }
        false => "Give each person the parcel by one way and the code by another.",
    };
    eprintln!(
        "tofaktor: the upload holds every key in clear: upload it, then delete it. {parcels}\n\
         tofaktor: Microsoft activates at most 200 tokens in 5 minutes, lets a person have five apps and tokens together, and guests none."
    );
    Ok(())
}

/// The upload comes last: what Microsoft can be told of, its person can get.
fn write(args: &args::Issue, issued: &[Issued]) -> io::Result<()> {
    let folder = &args.output;
    private_folder(folder)?;
    if args.for_policy { policies(folder, issued) } else { parcels(folder, issued) }?;
    let (name, upload) = upload(args.to, issued.iter().map(|issued| &issued.token));
    save(&folder.join(name), &upload)
}

fn policies(folder: &Path, issued: &[Issued]) -> io::Result<()> {
    let policies = folder.join("policies");
    private_folder(&policies)?;
    issued.iter().try_for_each(|issued| {
        let policy = issued.policy().ok_or(io::ErrorKind::InvalidData)?;
        save(&policies.join(format!("{}.json", issued.token.person.upn)), &policy)
    })
}

fn parcels(folder: &Path, issued: &[Issued]) -> io::Result<()> {
    let parcels = folder.join("parcels");
    private_folder(&parcels)?;
    let mut codes = Zeroizing::new(String::from("upn,serial number,code\r\n"));
    for Issued { token, parcel, code } in issued {
        save(&parcels.join(format!("{}.tofaktor", token.person.upn)), parcel)?;
        for part in [&token.person.upn, ",", &token.serial, ",", &code.to_text(), "\r\n"] {
            codes.push_str(part);
        }
    }
    save(&folder.join("codes.csv"), codes.as_bytes())
}

fn upload<'a>(to: Upload, tokens: impl Iterator<Item = &'a Token>) -> (&'static str, Zeroizing<Vec<u8>>) {
    match to {
        Upload::Csv => ("upload.csv", tokens::microsoft_csv(tokens)),
        Upload::Graph => ("upload.json", tokens::graph(tokens)),
    }
}

/// One that is not there yet, and is for nobody else to look into.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
