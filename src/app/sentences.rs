//! What a person is told of an error: which sentence, not its words.

use crate::protocol::Notice;
use otp::base32::Base32Error;
use otp::uri::UriError;
use platform::Outage;
use vault::{SlotType, VaultError};

/// The sentence for what the vault answered.
pub(super) fn sentence(error: VaultError) -> Notice {
    match error {
        VaultError::None | VaultError::Vanished => Notice::Vanished,
        VaultError::Exists => Notice::AlreadyExists,
        VaultError::TooShort => Notice::PassphraseTooShort,
        VaultError::Damaged(_) => Notice::Damaged,
        VaultError::RolledBack { .. } => Notice::PutBack,
        VaultError::OtherVault => Notice::TwoVaults,
        VaultError::Newer { .. } => Notice::Newer,
        VaultError::Wrong(SlotType::Passphrase) => Notice::WrongPassphrase,
        VaultError::Wrong(SlotType::Recovery) => Notice::WrongRecoveryCode,
        VaultError::Wrong(SlotType::Prf) => Notice::WrongKey,
        VaultError::Wrong(SlotType::Device | SlotType::Organisation) | VaultError::NoSuchSlot => {
            Notice::NoSuchUnlockMethod
        }
        VaultError::Mistyped => Notice::MistypedRecoveryCode,
        VaultError::NoPrf => Notice::NoKeySecret,
        VaultError::LastSlot => Notice::LastUnlockMethod,
        VaultError::SlotLimits => Notice::TooManyUnlockMethods,
        VaultError::Wait { .. } => Notice::TooManyAttempts,
        VaultError::Locked | VaultError::OtherKey => Notice::Locked,
        VaultError::NotSaved { cause, .. } | VaultError::Outage(cause) => outage(cause),
        VaultError::TooLarge => Notice::StorageFull,
        VaultError::Conflict => Notice::StorageRefused,
    }
}

/// The sentence for what the world refused.
pub(super) fn outage(outage: Outage) -> Notice {
    match outage {
        Outage::Full => Notice::StorageFull,
        Outage::Busy => Notice::SyncBusy,
        Outage::Random => Notice::NoRandomness,
        Outage::Derivation => Notice::NoMemory,
        Outage::Storage => Notice::StorageRefused,
    }
}

/// The sentence for an `otpauth:` URI that enrols nothing.
pub(super) fn unusable(error: UriError) -> Notice {
    match error {
        UriError::TooLong => Notice::QrTooLong,
        UriError::NotOtpauth => Notice::QrOther,
        UriError::Malformed => Notice::QrMalformed,
        UriError::Type => Notice::QrType,
        UriError::Secret(Base32Error::Empty) => Notice::QrNoSecret,
        UriError::Secret(Base32Error::Character) => Notice::QrSecretCharacter,
        UriError::Secret(Base32Error::Length) => Notice::QrSecretLength,
        UriError::Secret(Base32Error::TooLong) => Notice::QrSecretTooLong,
        UriError::Digits => Notice::QrDigits,
        UriError::Period => Notice::QrPeriod,
        UriError::Algorithm => Notice::QrAlgorithm,
        UriError::Counter => Notice::QrCounter,
        UriError::Setting(_) => Notice::QrSetting,
    }
}
