//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Reads, shows and converts the exports of authenticator apps.
///
/// Formats are told by content: Aegis, 2FAS, Bitwarden, Google Authenticator,
/// KeePass, 1Password, Proton, Tofaktor's own and more than forty others.
#[derive(Parser)]
#[command(name = "tofaktor", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Print what an export holds
    Import(Import),
    /// Show the accounts of a Tofaktor backup and their current codes
    Open(Open),
    /// Print the current code of one account, for scripts
    Code(Code),
    /// Print what the QR codes in pictures say
    Scan(Scan),
    /// Write an export in another format
    Convert(Convert),
    /// Make hardware tokens that live in Tofaktor: an upload for Microsoft, and a sealed parcel for each person
    Issue(Issue),
    /// Make the key by which an organisation opens a vault whose passphrase is lost
    #[command(subcommand)]
    RecoveryKey(RecoveryKey),
    /// Open a vault whose passphrase is lost by the organisation's key, and write it under a new passphrase
    Recover(Recover),
    /// Check an organisation's policy, or write it for a platform
    #[command(subcommand)]
    Policy(Policy),
}

#[derive(Args)]
pub(crate) struct Issue {
    /// The people: CSV with a column upn or userPrincipalName, and id where Graph is to assign; - reads standard input
    pub(crate) people: PathBuf,
    /// What the organisation is called
    #[arg(long, value_name = "NAME")]
    pub(crate) organisation: Option<String>,
    /// What Microsoft takes: the admin center's CSV, or the body of a request to Graph
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub(crate) to: Upload,
    /// How long a code holds
    #[arg(long, default_value = "30", value_parser = ["30", "60"])]
    pub(crate) seconds: String,
    /// Write for each person a policy that brings the token by itself, in place of a parcel and a code
    #[arg(long)]
    pub(crate) for_policy: bool,
    /// The folder to make; it must not exist
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Upload {
    /// upn,serial number,secret key,time interval,manufacturer,model
    Csv,
    /// PATCH /beta/directory/authenticationMethodDevices/hardwareOathDevices
    Graph,
}

#[derive(Subcommand)]
pub(crate) enum RecoveryKey {
    /// Make a key, print what the policy takes, and write its shares
    Create(RecoveryKeyCreate),
}

#[derive(Args)]
pub(crate) struct RecoveryKeyCreate {
    /// Who holds it, as people read it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// In how many shares
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) shares: u8,
    /// How many of them are needed
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) needed: u8,
    /// The folder to make; it must not exist
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Args)]
pub(crate) struct Recover {
    /// The vault's file, or a folder, whose vault that was written last is read
    pub(crate) vault: PathBuf,
    /// A file with one or more shares of the organisation's key; once for each file
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Vec<PathBuf>,
    /// An open file descriptor with the same; 0 is standard input
    #[cfg(unix)]
    #[arg(long, value_name = "N")]
    pub(crate) key_fd: Vec<u16>,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
    /// The file to write; it must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Say what no browser or Tofaktor would take, with its line, and the checksum that the manager shows
    Check(PolicyCheck),
    /// Write a policy in the form of a platform
    Write(PolicyWrite),
}

#[derive(Args)]
pub(crate) struct PolicyCheck {
    /// The policy: its keys as a JSON object, also as Chromium's, Firefox' or the Admin console's file has them
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct PolicyWrite {
    /// The policy; templates (admx) hold none
    #[arg(required_if_eq_any = [("platform", "chrome-registry"), ("platform", "edge-registry"), ("platform", "intune"), ("platform", "chromeos"), ("platform", "linux"), ("platform", "firefox"), ("platform", "macos")])]
    pub(crate) file: Option<PathBuf>,
    /// The platform
    #[arg(long = "for", value_name = "PLATFORM")]
    pub(crate) platform: rollout::Target,
    /// The extension's id in Chrome and Chromium, or in Edge where that is the platform
    #[arg(long, value_name = "ID", default_value = rollout::CHROMIUM_ID)]
    pub(crate) id: String,
    /// The extension's id in Edge, where both are written; the same without it
    #[arg(long, value_name = "ID")]
    pub(crate) edge_id: Option<String>,
    /// The file to write, or for templates the folder; it must not exist. Without it, standard output
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The export; a picture of QR codes is scanned; - reads standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
    /// A KeePass database's key file, beside its password or in its place
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Print JSON: {"entries":[{"type","issuer","account","secret","algorithm","digits","period","counter"}]}
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the secrets too, in base32
    #[arg(long)]
    pub(crate) show_secrets: bool,
}

#[derive(Args)]
pub(crate) struct Open {
    /// The backup; - reads standard input
    pub(crate) backup: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

#[derive(Args)]
pub(crate) struct Code {
    /// The vault's file, or a folder, whose vault that was written last is read; - reads standard input
    pub(crate) backup: PathBuf,
    /// The account's name, or ISSUER: NAME where several are called the same
    #[arg(long, value_name = "NAME")]
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

#[derive(Args)]
pub(crate) struct Scan {
    /// Pictures: PNG, JPEG, GIF, WebP, BMP, TIFF or AVIF
    #[arg(required = true)]
    pub(crate) pictures: Vec<PathBuf>,
    /// Print the secrets in them too
    #[arg(long)]
    pub(crate) show_secrets: bool,
}

#[derive(Args)]
pub(crate) struct Convert {
    /// The export to read; - reads standard input
    pub(crate) input: PathBuf,
    /// The format to write
    #[arg(long, value_name = "FORMAT")]
    pub(crate) to: To,
    /// The file to write; it must not exist
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
    /// A KeePass database's key file, beside its password or in its place
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// The file whose first line is the password of what is written
    #[arg(long, value_name = "FILE")]
    pub(crate) output_password_file: Option<PathBuf>,
}

/// Never the password itself: what stands on a command line, every process can read.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct PasswordSource {
    /// The file whose first line is the password; without it, one is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// The open file descriptor whose first line is the password; 0 is standard input
    #[cfg(unix)]
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: Option<u16>,
    /// The program that prints the password, as of the system's keyring: "secret-tool lookup app tofaktor"
    #[arg(long, value_name = "COMMAND")]
    pub(crate) password_command: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum To {
    /// Tofaktor's own encrypted file
    Tofaktor,
    /// Aegis' encrypted file, which most other apps import
    Aegis,
    /// otpauth:// URIs, one a line: not encrypted
    Otpauth,
    /// FIDO's Credential Exchange Format, which password managers import: not encrypted
    Cxf,
    /// otpauth-migration:// URIs for Google Authenticator, one a line: not encrypted
    Google,
}
