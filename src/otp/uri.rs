//! Base32 (RFC 4648) as people and Microsoft write it.
