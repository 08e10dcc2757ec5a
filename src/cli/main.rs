//! `tofaktor`: the core on the command line, for the service desk, for
//! recovery without a browser, and for scripts.
//!
//! Secrets never stand on the command line, where every process can read them,
//! and are never printed unless asked for. Exit codes: 0 done, 1 not done or
//! not all of it, 2 not understood.

mod args;
mod avif;
mod code;
mod codes;
mod convert;
mod failure;
mod import;
mod input;
mod issue;
mod output;
mod picture;
mod policies;
mod recover;
mod recovery_key;
mod terminal;

use std::process::ExitCode;

use args::{Arguments, Policy, RecoveryKey, Verb};
use clap::Parser;
use failure::Failure;

/// Memory is wiped when it is given back, whoever used it.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Import(args) => import::run(&args),
        Verb::Open(args) => codes::run(&args),
        Verb::Code(args) => code::run(&args),
        Verb::Scan(args) => picture::run(&args),
        Verb::Convert(args) => convert::run(&args),
        Verb::Issue(args) => issue::run(&args),
        Verb::RecoveryKey(RecoveryKey::Create(args)) => recovery_key::create(&args),
        Verb::Recover(args) => recover::run(&args),
        Verb::Policy(Policy::Check(args)) => policies::check(&args),
        Verb::Policy(Policy::Write(args)) => policies::write(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}
