//! Every type that crosses a boundary, once, by who asks.
//!
//! Our own pages import the core and call it with a [`UiRequest`]; content
//! scripts send messages, and a message can only ever be a [`PageRequest`]: it
//! cannot spell anything that is meant for our own pages. TypeScript types of
//! all of them are generated into `core/tofaktor.d.ts`.

mod exchange;
mod page;
mod settings;
mod ui;

pub use ::exchange::merge::Choice;
pub use ::policy::{BackupFolder, DecidedView, DeskView, PolicyReport, PolicyView, ReportKind, UnlockMethodKind};
pub use exchange::*;
pub use page::*;
pub use platform::Badge;
pub use settings::*;
pub use ui::*;
pub use vault::Mode;
pub use vault::folder::{FolderView, FoundCopies};
