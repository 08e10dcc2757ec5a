//! A token on its way to one person, as a policy carries it: whose it is, the code that opens its parcel, and the parcel,
//! a record of its own. Whoever reads all three has the token.

use std::fmt;

use zeroize::Zeroizing;

use super::account::{Account, SERIAL};
use super::contents::Contents;
use super::identity::Identity;
use super::record::Record;
use super::recovery::RecoveryCode;
use super::slot::SlotType;

/// One that opens. Holds what opens it, so its `Debug` names the person alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Whose: the account's user principal name.
    pub person: String,
    code: RecoveryCode,
    record: Record,
}

impl Parcel {
    /// `None` where the code does not open the record, or what is in it is no token of that person alone.
    pub fn new(person: &str, code: RecoveryCode, record: Record) -> Option<Self> {
        let parcel = Self { person: person.to_owned(), code, record };
        parcel.open().is_some().then_some(parcel)
    }

    /// Reads what [`Parcel::to_text`] writes.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (person, code, record) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        Self::new(person, RecoveryCode::from_text(code).ok()?, Record::from_text(record).ok()?)
    }

    /// Person, code and record, by blanks.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new([&self.person, self.code.to_text().as_str(), &self.record.to_text()].join(" "))
    }

    /// Whether the other is for the same person.
    pub fn is_for_the_same(&self, other: &Self) -> bool {
        Identity::new(&self.person, None).has_name(&other.person)
    }

    /// The account in it.
    pub fn open(&self) -> Option<Account> {
        let header = self.record.header();
        let slot = header.slots.iter().find(|slot| slot.slot_type() == Some(SlotType::Recovery))?;
        let kek = self.code.derive_kek(slot.salt()?, header.vault_id, slot.id);
        let key = slot.unwrap(header.place(), &kek).ok()?;
        let contents = Contents::decode(&self.record.open(&key).ok()?).ok()?;
        let [account]: [Account; 1] = contents.accounts.try_into().ok()?;
        let is_theirs = account.identity().has_name(&self.person);
        (is_theirs && contents.unread.is_empty() && account.serial().is_some()).then_some(account)
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parcel").field("person", &self.person).finish_non_exhaustive()
    }
}

impl Account {
    /// The serial number under which Microsoft knows it as a hardware token.
    pub fn serial(&self) -> Option<&str> {
        self.extra.get(SERIAL).and_then(strict_json::Value::as_str)
    }
}
