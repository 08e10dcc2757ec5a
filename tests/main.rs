//! The tests of the whole, as one program.

mod app;
mod callers;
mod clock;
mod exchange;
mod import_fuzz;
mod locales;
mod moving;
mod otp;
mod pages;
mod policy;
mod qr;
mod qr_fuzz;
mod qr_shipped;
mod repository;
mod settings;
mod sync;
mod vault;
mod vault_documents;
mod vault_fuzz;
mod vault_model;
mod vault_record;
mod vault_session;
mod vault_store;
mod vault_together;
mod vault_vectors;
mod vault_ways;
