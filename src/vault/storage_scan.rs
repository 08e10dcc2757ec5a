//! What the stores hold, at one look, and what is to be believed of it.

use zeroize::Zeroizing;

use super::crypto::VaultKey;
use super::error::{Damage, VaultError};
use super::record::Record;
use super::rollback_marker::RollbackMarker;
use platform::{Outage, Platform, Store};

/// The keys under which everything lies.
pub(crate) mod keys {
    /// One record, in the local store.
    pub(crate) const A: &str = "v1.a";
    /// The other record, in the local store.
    pub(crate) const B: &str = "v1.b";
    /// That there is a vault: a rollback marker, one generation behind.
    pub(crate) const EXISTS: &str = "v1.exists";
    /// What a person chose to put away, in the local store.
    pub(crate) const BURIED: &str = "v1.buried";
    /// What is to become of that, while the unlock methods are being changed, in the local store.
    pub(crate) const RESEAL: &str = "v1.reseal";
    /// What was copied into a folder, in the local store.
    pub(crate) const FOLDER: &str = "v1.folder";
    /// The public key to which accounts are sealed that are not saved yet, in the local store.
    pub(crate) const CAPTURE: &str = "v1.capture";
    /// The third record, in the mirror.
    pub(crate) const MIRROR: &str = "v1.mirror";
    /// The rollback marker, in the mirror and in the session.
    pub(crate) const ROLLBACK_MARKER: &str = "v1.anchor";
}

/// A place where a copy can lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    A,
    B,
    Mirror,
}

impl Spot {
    const ALL: [Self; 3] = [Self::A, Self::B, Self::Mirror];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::A => keys::A,
            Self::B => keys::B,
            Self::Mirror => keys::MIRROR,
        }
    }
}

/// What lies in one place.
pub(crate) enum Found {
    Absent,
    Unavailable(Outage),
    Damaged(String, Damage),
    Newer(String, u16),
    Sound(String, Box<Record>),
}

impl Found {
    fn read(text: Option<String>) -> Self {
        let Some(text) = text else {
            return Self::Absent;
        };
        match Record::from_text(&text) {
            // What others join by is no vault, whoever lays it there.
            Ok(record) if record.header().generation == 0 => Self::Damaged(text, Damage::Header),
            Ok(record) => Self::Sound(text, Box::new(record)),
            Err(VaultError::Newer { major }) => Self::Newer(text, major),
            Err(VaultError::Damaged(damage)) => Self::Damaged(text, damage),
            Err(_) => Self::Damaged(text, Damage::NotARecord),
        }
    }

    /// What `text` is, if it is the same text as here.
    fn same(&self, text: &Option<String>) -> Option<Self> {
        match (self, text) {
            (Self::Sound(own, record), Some(text)) if own == text => Some(Self::Sound(text.clone(), record.clone())),
            _ => None,
        }
    }

    pub(crate) fn record(&self) -> Option<&Record> {
        match self {
            Self::Sound(_, record) => Some(record),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Absent | Self::Unavailable(_) => None,
            Self::Damaged(text, _) | Self::Newer(text, _) | Self::Sound(text, _) => Some(text),
        }
    }
}

/// All of it.
pub(crate) struct StorageScan {
    pub(crate) a: Found,
    pub(crate) b: Found,
    pub(crate) mirror: Found,
    /// The rollback marker texts found: local, mirror, session.
    pub(crate) exists: Option<String>,
    pub(crate) rollback_marker: Option<String>,
    pub(crate) session: Option<String>,
    /// A change of the unlock methods was cut short, or is under way.
    pub(crate) reseal: Option<String>,
}

/// A copy that opened, and its contents.
pub(crate) struct Best {
    pub(crate) record: Record,
    pub(crate) json: Zeroizing<Vec<u8>>,
    /// Copies that were sealed under the right key and then changed.
    pub(crate) tampered: Vec<Spot>,
}

impl StorageScan {
    pub(crate) async fn take<P: Platform>(p: &P) -> Self {
        let local = p.get(Store::Local, &[keys::A, keys::B, keys::EXISTS, keys::RESEAL]).await;
        let mirror = p.get(Store::Mirror, &[keys::MIRROR, keys::ROLLBACK_MARKER]).await;
        let session = p.get(Store::Session, &[keys::ROLLBACK_MARKER]).await;
        let (a, b, exists, reseal) = match values(local) {
            Ok([a, b, exists, reseal]) => (Found::read(a), Found::read(b), exists, reseal),
            Err(outage) => (Found::Unavailable(outage), Found::Unavailable(outage), None, None),
        };
        let (mirror, rollback_marker) = match values(mirror) {
            // Most often the newest local copy over again, and a large one takes its time to read.
            Ok([record, rollback_marker]) => {
                (a.same(&record).or_else(|| b.same(&record)).unwrap_or_else(|| Found::read(record)), rollback_marker)
            }
            Err(outage) => (Found::Unavailable(outage), None),
        };
        Self {
            a,
            b,
            mirror,
            exists,
            rollback_marker,
            session: values(session).ok().and_then(|[rollback_marker]| rollback_marker),
            reseal,
        }
    }

    pub(crate) fn at(&self, spot: Spot) -> &Found {
        match spot {
            Spot::A => &self.a,
            Spot::B => &self.b,
            Spot::Mirror => &self.mirror,
        }
    }

    /// Why it cannot be excluded that a copy newer than `generation` exists:
    /// the chief store is silent, or the mirror is while a local copy is
    /// missing or damaged. Reading an older state does no harm; writing on top
    /// of it would bury the newer one.
    pub(crate) fn may_hide_newer(&self, generation: u64) -> Option<Outage> {
        if let Found::Unavailable(outage) = self.a {
            return Some(outage);
        }
        let Found::Unavailable(outage) = self.mirror else {
            return None;
        };
        let whole = |found: &Found| match found {
            Found::Sound(..) => true,
            Found::Absent => generation <= 1,
            _ => false,
        };
        (!whole(&self.a) || !whole(&self.b)).then_some(outage)
    }

    /// Why a store could not be read, if one could not.
    pub(crate) fn unreadable(&self) -> Option<Outage> {
        Spot::ALL.into_iter().find_map(|spot| match self.at(spot) {
            Found::Unavailable(outage) => Some(*outage),
            _ => None,
        })
    }

    /// The sound copies, newest first, the local before the mirror.
    pub(crate) fn sound(&self) -> Vec<(Spot, &Record)> {
        let mut sound: Vec<_> =
            Spot::ALL.into_iter().filter_map(|spot| self.at(spot).record().map(|record| (spot, record))).collect();
        sound.sort_by_key(|(_, record)| std::cmp::Reverse(record.header().generation));
        sound
    }

    /// The newest sound copy, or why there is none, as far as can be told without a key.
    pub(crate) fn newest(&self) -> Result<&Record, VaultError> {
        let all = || Spot::ALL.into_iter().map(|spot| self.at(spot));
        for found in all() {
            if let Found::Newer(_, major) = found {
                return Err(VaultError::Newer { major: *major });
            }
        }
        if let Some((_, record)) = self.sound().into_iter().next() {
            return Ok(record);
        }
        // A store that cannot be read may hold the vault: no word on its absence,
        // nor on damage while the chief store is silent.
        if let Found::Unavailable(outage) = self.a {
            return Err(outage.into());
        }
        for found in all() {
            if let Found::Damaged(_, damage) = found {
                return Err(VaultError::Damaged(*damage));
            }
        }
        if let Found::Unavailable(outage) = self.mirror {
            return Err(outage.into());
        }
        if self.exists.is_some() || self.rollback_marker.is_some() || self.session.is_some() {
            return Err(VaultError::Vanished);
        }
        Err(VaultError::None)
    }

    /// Key and text of every copy that lies in the stores, sound or not; sealed, so safe to hand out.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&'static str, &str)> {
        Spot::ALL.into_iter().filter_map(|spot| Some((spot.key(), self.at(spot).text()?)))
    }

    /// The newest copy that `key` opens, if nothing speaks against it.
    pub(crate) fn best(&self, key: &VaultKey) -> Result<Best, VaultError> {
        let best = self.newest_opened(key)?;
        match (self.check_rollback_markers(&best.record, key), self.unreadable()) {
            // The store that is silent may hold what the rollback marker speaks of.
            (Err(VaultError::RolledBack { .. }), Some(outage)) => Err(outage.into()),
            (answer, _) => answer.map(|()| best),
        }
    }

    /// [`StorageScan::best`] without the question whether a newer one was known.
    fn newest_opened(&self, key: &VaultKey) -> Result<Best, VaultError> {
        self.newest()?;
        let sound = self.sound();
        let mut ids = sound.iter().map(|(_, record)| record.header().vault_id);
        let first = ids.next();
        if ids.any(|id| Some(id) != first) {
            return Err(VaultError::OtherVault);
        }
        let mut tampered = Vec::new();
        let mut answer = VaultError::OtherKey;
        for (spot, record) in sound {
            match record.open(key) {
                Ok(json) => {
                    return Ok(Best { record: record.clone(), json, tampered });
                }
                // A newer copy under another key is the truth, and this key is history.
                Err(VaultError::OtherKey) => break,
                Err(error) => {
                    answer = error;
                    tampered.push(spot);
                }
            }
        }
        Err(answer)
    }

    /// The rollback markers that can be read at all.
    pub(crate) fn rollback_markers(&self) -> impl Iterator<Item = RollbackMarker> {
        [&self.exists, &self.rollback_marker, &self.session]
            .into_iter()
            .flatten()
            .filter_map(|text| RollbackMarker::from_text(text))
    }

    /// The newest copy that `key` opens, whatever speaks against it.
    pub(crate) fn newest_under(&self, key: &VaultKey) -> Option<Best> {
        self.sound().into_iter().find_map(|(_, record)| {
            Some(Best { json: record.open(key).ok()?, record: record.clone(), tampered: Vec::new() })
        })
    }

    fn check_rollback_markers(&self, best: &Record, key: &VaultKey) -> Result<(), VaultError> {
        let header = best.header();
        for rollback_marker in self.rollback_markers() {
            if rollback_marker.vault != header.vault_id {
                return Err(VaultError::OtherVault);
            }
            // A later epoch's rollback marker cannot be checked with this key; what cannot
            // be checked is believed where it warns.
            let later_epoch = rollback_marker.key_epoch > header.key_epoch;
            let later = rollback_marker.key_epoch == header.key_epoch
                && rollback_marker.generation > header.generation
                && rollback_marker.is_genuine(key);
            if later_epoch || later {
                return Err(VaultError::RolledBack { found: header.generation, known: rollback_marker.generation });
            }
        }
        Ok(())
    }

    /// The local slot to overwrite: never the one that holds `best`, unless the
    /// other does too, and rather a worthless one than an older generation.
    pub(crate) fn to_overwrite(&self, best: Option<&Best>) -> Spot {
        let worth = |spot: Spot| match (self.at(spot).record(), best) {
            (Some(record), Some(best)) if *record == best.record => u64::MAX,
            (Some(_), Some(best)) if best.tampered.contains(&spot) => 0,
            (Some(record), _) => record.header().generation,
            (None, _) => 0,
        };
        if worth(Spot::B) < worth(Spot::A) { Spot::B } else { Spot::A }
    }

    /// The copies to be overwritten with `best`, so that three are sound again.
    pub(crate) fn to_mend(&self, best: &Best) -> Vec<Spot> {
        // A damaged copy is the one sign that the silent mirror may hold a newer;
        // and a mirror that is never there is no reason to try at each use.
        if matches!(self.mirror, Found::Unavailable(_)) {
            return Vec::new();
        }
        let is_best = |found: &Found| found.record() == Some(&best.record);
        let outdated = |spot: Spot| match self.at(spot) {
            Found::Absent | Found::Unavailable(_) | Found::Newer(..) => false,
            Found::Damaged(..) => true,
            // An older record with other unlock methods would keep a removed one alive.
            Found::Sound(_, record) => {
                best.tampered.contains(&spot) || record.header().slots != best.record.header().slots
            }
        };
        let mut mend: Vec<_> = [Spot::A, Spot::B].into_iter().filter(|spot| outdated(*spot)).collect();
        let readable = !matches!(self.a, Found::Unavailable(_));
        if readable && mend.is_empty() && !is_best(&self.a) && !is_best(&self.b) {
            mend.push(self.to_overwrite(Some(best)));
        }
        if !is_best(&self.mirror) {
            mend.push(Spot::Mirror);
        }
        mend
    }
}

/// The answer to a `get` of so many keys, whatever its length.
fn values<const N: usize>(answer: Result<Vec<Option<String>>, Outage>) -> Result<[Option<String>; N], Outage> {
    let mut values = answer?.into_iter();
    Ok(std::array::from_fn(|_| values.next().flatten()))
}
