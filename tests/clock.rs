//! The clock against a simulated server and network.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::cell::Cell;
use std::future::Future;

use kdf::{Argon2Cost, Kek, Passphrase};
use platform::{Cached, Outage, Platform, Store};
use serde_json::json;
use support::{Fake, SET_UP, SIGN_IN, START_MS, now, page};
use vault::Contents;
use vault::key_slots::NewUnlockMethod;
use vault::session::{self, Idle};
use vault::store;

/// A fake world with a server whose clock is the right one.
struct Network {
    world: Fake,
    /// The server's clock less the computer's, in milliseconds.
    offset_ms: i64,
    /// Milliseconds to the server, and back.
    delays: (u64, u64),
    /// So much is the computer's clock set back while it is asked.
    set_back_ms: u64,
    asked: Cell<u32>,
}

impl Platform for Network {
    type Lock = <Fake as Platform>::Lock;
    fn now_ms(&self) -> u64 {
        self.world.now_ms()
    }
    fn random(&self, out: &mut [u8]) -> Result<(), Outage> {
        self.world.random(out)
    }
    fn lock(&self) -> impl Future<Output = Result<Self::Lock, Outage>> {
        self.world.lock()
    }
    fn lock_tab(&self, tab: i32) -> impl Future<Output = Result<Self::Lock, Outage>> {
        self.world.lock_tab(tab)
    }
    fn get(&self, store: Store, keys: &[&str]) -> impl Future<Output = Result<Vec<Option<String>>, Outage>> {
        self.world.get(store, keys)
    }
    fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> impl Future<Output = Result<(), Outage>> {
        self.world.set(store, items)
    }
    fn derive(
        &self,
        passphrase: &Passphrase,
        salt: &[u8; 32],
        cost: Argon2Cost,
    ) -> impl Future<Output = Result<Kek, Outage>> {
        self.world.derive(passphrase, salt, cost)
    }
    async fn server_date_ms(&self, origin: &str) -> Result<u64, Outage> {
        assert_eq!(origin, "https://login.microsoftonline.com");
        self.asked.set(self.asked.get() + 1);
        self.world.advance(self.delays.0);
        let server = self.world.now_ms().saturating_add_signed(self.offset_ms);
        self.world.advance(self.delays.1);
        self.world.rewind(self.set_back_ms);
        Ok(server / 1000 * 1000)
    }
    async fn sleep(&self, ms: u32) {
        self.world.advance(ms.into());
    }
}

fn network(offset_ms: i64, delays: (u64, u64)) -> Network {
    let world = Fake::new();
    let words = support::passphrase("korrekt hest");
    let key = now(store::create(&world, &[("", NewUnlockMethod::Passphrase(&words))], &Contents::default())).unwrap();
    now(session::keep(&world, &key, Idle::UntilClosed)).unwrap();
    Network { world, offset_ms, delays, set_back_ms: 0, asked: Cell::new(0) }
}

fn checked(network: &Network) -> i64 {
    now(app::check_clock(&Cached::new(network), &page(SIGN_IN, 1, "d1")));
    let text = network.world.text(Store::Session, "clock").unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["offset_ms"].as_i64().unwrap()
}

#[test]
fn a_clock_that_is_off_is_found_to_be_off_by_so_much() {
    let mut worst = 0;
    let mut tried = 0;
    for offset_ms in [-3_600_000, -120_000, -31_417, -4_000, 3_333, 29_999, 95_500, 7_200_000] {
        for delays in [(15, 15), (20, 80), (150, 150), (10, 290)] {
            for start in [0, 137, 500, 731, 999] {
                let network = network(offset_ms, delays);
                network.world.advance(start);
                worst = worst.max((checked(&network) - offset_ms).abs());
                tried += 1;
                assert!(network.asked.get() <= 6);
            }
        }
    }
    println!("{tried} clocks tried, worst error {worst} ms");
    assert!(worst <= 200, "{worst} ms");
}

#[test]
fn a_clock_that_may_be_right_is_left_alone() {
    for offset_ms in [-900, -1, 0, 400, 900] {
        let network = network(offset_ms, (30, 30));
        assert_eq!((checked(&network), network.asked.get()), (0, 1), "{offset_ms}");
    }
}

/// A second off for sure is left, and two seconds are not looked at closely; a millisecond more, and they are.
#[test]
fn what_is_surely_off_by_more_than_a_second_is_corrected_and_by_more_than_two_asked_closely() {
    for (offset_ms, correction_ms, closely) in
        [(1000, 0, false), (2000, 2500, false), (3000, 3500, true), (-1000, 0, false), (-3000, -2500, false)]
    {
        let network = network(offset_ms, (0, 0));
        assert_eq!(network.world.now_ms() % 1000, 0);
        let found_ms = checked(&network);
        assert_eq!(network.asked.get() > 1, closely, "{offset_ms}");
        assert!((found_ms - correction_ms).abs() <= if closely { 500 } else { 0 }, "{offset_ms}: {found_ms}");
    }
}

#[test]
fn an_answer_that_took_too_long_or_in_which_the_clock_was_moved_tells_nothing() {
    for (delays, set_back_ms, tells) in
        [((0, 0), 0, true), ((5_000, 5_000), 0, true), ((5_000, 5_001), 0, false), ((20, 20), 41, false)]
    {
        let network = Network { set_back_ms, ..network(0, delays) };
        now(app::check_clock(&network, &page(SIGN_IN, 1, "d1")));
        assert_eq!(network.world.text(Store::Session, "clock").is_some(), tells, "{delays:?} {set_back_ms}");
    }
}

#[test]
fn nobody_is_asked_twice_in_ten_minutes_nor_from_elsewhere_nor_while_locked() {
    let network = network(0, (30, 30));
    checked(&network);
    checked(&network);
    network.world.advance(10 * 60 * 1000 - 1);
    checked(&network);
    assert_eq!(network.asked.get(), 1);
    network.world.advance(1);
    checked(&network);
    assert_eq!(network.asked.get(), 2);
    network.world.advance(11 * 60 * 1000);
    now(app::check_clock(&network, &page(SET_UP, 1, "d1")));
    assert_eq!(network.asked.get(), 2, "a set-up page is no sign-in");
    now(session::lock(&network.world)).unwrap();
    checked(&network);
    assert_eq!(network.asked.get(), 2, "whether it may be asked lies in the vault");
}

/// What a computer's own clock says ends nothing that lies aside.
#[test]
fn only_a_clock_that_was_checked_ends_what_lies_aside() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let mut p = network(0, (30, 30));
    let key = now(session::key(&p.world)).unwrap();
    let change = |p: &Network, by: &dyn Fn(&mut Contents)| {
        now(store::change(&p.world, &key, |contents| {
            by(contents);
            Ok::<_, vault::VaultError>(())
        }))
        .unwrap();
    };
    let aside = |p: &Network| {
        let contents = now(store::open(&p.world, &key)).unwrap();
        contents.recently_deleted().first().map(|(tombstone, _)| tombstone.until_ms)
    };
    change(&p, &|contents| {
        contents.accounts.push(support::account(1, "kari"));
        contents.delete(vault::AccountId([1; 16]), START_MS);
    });
    p.world.advance(400 * DAY_MS);
    now(session::keep(&p.world, &key, Idle::UntilClosed)).unwrap();
    assert_eq!(aside(&p), Some(None), "a clock a year ahead");
    // The computer is 400 days ahead, and Microsoft tells.
    p.offset_ms = -400 * i64::try_from(DAY_MS).unwrap();
    checked(&p);
    let until_ms = aside(&p).flatten().unwrap();
    assert!(until_ms.abs_diff(START_MS + 30 * DAY_MS) < 60_000, "{until_ms}");
    p.world.advance(29 * DAY_MS);
    checked(&p);
    assert_eq!(aside(&p), Some(Some(until_ms)));
    p.world.advance(2 * DAY_MS);
    assert_eq!(aside(&p), Some(Some(until_ms)), "nobody has asked the time");
    checked(&p);
    assert_eq!(aside(&p), None);
}

#[test]
fn a_correction_ends_with_the_day_and_with_a_clock_put_back() {
    let p = network(600_000, (30, 30));
    checked(&p);
    let code = |world: &Fake| {
        let reply = now(app::ask(
            world,
            &Default::default(),
            serde_json::from_value(json!("addPending")).unwrap(),
            zeroize::Zeroizing::new(b"otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ".to_vec()),
        ));
        if let Some(pending_account) = reply.view.pending_accounts.first() {
            let save = json!({ "save": { "pendingAccount": pending_account.id, "whenKnown": "ask" } });
            now(app::ask(world, &Default::default(), serde_json::from_value(save).unwrap(), Default::default()));
        }
        let shown = now(app::ask(
            world,
            &Default::default(),
            serde_json::from_value(json!("show")).unwrap(),
            Default::default(),
        ));
        shown.view.accounts[0].code.replace(' ', "")
    };
    let right = |ms: u64| {
        otp::uri::parse("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ").unwrap().credential.code_at(ms).expose().to_owned()
    };
    assert!(p.world.now_ms() > START_MS);
    assert_eq!(code(&p.world), right(p.world.now_ms() + 600_000));
    p.world.rewind(1_000);
    assert_eq!(code(&p.world), right(p.world.now_ms()), "from before it was found");
    p.world.advance(1_000 + 24 * 60 * 60 * 1000 - 1);
    assert_eq!(code(&p.world), right(p.world.now_ms() + 600_000));
    p.world.advance(1);
    assert_eq!(code(&p.world), right(p.world.now_ms()), "a day old");
}
