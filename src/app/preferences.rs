//! What a person can choose, under names that stay: it is sealed with the accounts.

use ::policy::Policy;
use strict_json::{Map, Value};
use vault::session::Idle;

/// Name of the minutes without use after which the vault locks.
pub(super) const LOCK_AFTER: &str = "lockAfterMinutes";
/// Name of the switch: lock with the computer.
pub(super) const LOCK_WITH_COMPUTER: &str = "lockWithComputer";
/// Name of the switch: from the phone to the code.
pub(super) const SWITCHING: &str = "switchToCode";
/// Name of the switch: compare clocks.
pub(super) const CLOCK_CHECK: &str = "clockCheck";
/// Name of the advice about the default method: absent until there is a reason for it, on until it was read.
const ADVICE: &str = "adviseDefaultMethod";

/// Minutes without use that can be chosen; 0 is until the browser closes.
const IDLE_CHOICES: [u32; 7] = [1, 5, 15, 30, 60, 240, 0];
const IDLE_USUAL: u32 = 15;

/// How long the vault stays open without being used.
pub(super) fn idle(settings: &Map, policy: &Policy) -> Idle {
    match policy.idle_minutes(idle_minutes(settings)) {
        0 => Idle::UntilClosed,
        minutes => Idle::After(u64::from(minutes) * 60_000),
    }
}

/// The same in minutes; 0 is until the browser closes.
pub(super) fn idle_minutes(settings: &Map) -> u32 {
    let chosen = settings.get(LOCK_AFTER).and_then(Value::as_u64).and_then(|minutes| u32::try_from(minutes).ok());
    chosen.filter(|minutes| IDLE_CHOICES.contains(minutes)).unwrap_or(IDLE_USUAL)
}

/// What can be chosen under a policy: nothing beyond its maximum, and that itself.
pub(super) fn idle_choices(policy: &Policy) -> Vec<u32> {
    let mut choices: Vec<u32> = IDLE_CHOICES.iter().map(|minutes| policy.idle_minutes(*minutes)).collect();
    choices.dedup();
    choices
}

/// Whether the vault is locked with the computer.
pub(super) fn locks_with_computer(settings: &Map) -> bool {
    is_on(settings, LOCK_WITH_COMPUTER)
}

/// Whether to go from the phone's approval to the code without being asked.
pub(super) fn switches(settings: &Map) -> bool {
    is_on(settings, SWITCHING)
}

/// Whether Microsoft's own page may be asked for the time.
pub(super) fn checks_clock(settings: &Map, policy: &Policy) -> bool {
    policy.allows_clock_check() && is_on(settings, CLOCK_CHECK)
}

/// Whether to say where the default method is changed.
pub(super) fn advises(settings: &Map) -> bool {
    settings.get(ADVICE).and_then(Value::as_bool).unwrap_or(false)
}

/// Once: `None`, nothing to change, if it was due before, read or not.
pub(super) fn make_advice_due(settings: &mut Map) -> Option<()> {
    if settings.contains_key(ADVICE) {
        return None;
    }
    settings.insert(ADVICE.to_owned(), Value::Bool(true));
    Some(())
}

/// It was read; `None`, nothing to change, if it was not due.
pub(super) fn end_advice(settings: &mut Map) -> Option<()> {
    advises(settings).then(|| settings.insert(ADVICE.to_owned(), Value::Bool(false))).map(|_| ())
}

fn is_on(settings: &Map, name: &str) -> bool {
    settings.get(name).and_then(Value::as_bool).unwrap_or(true)
}
