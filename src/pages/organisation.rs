//! Whose page it is: the organisation that asks, as far as the page tells.
//!
//! A guest has one user name and a secret for each organisation, so the name alone does not tell two accounts apart.
//! Of what a page says, only an id or a domain counts; `common` and its like name nobody, and where two sources name
//! two, neither is believed.

use serde::{Deserialize, Serialize};

use super::hosts::{self, Family};

/// What the content script saw of it, as written there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SeenOrganisation {
    /// Where an id or a domain may stand: at the sign-in the first part of the page's path and of those in `$Config`,
    /// at the set-up `tenantId` or `tenant` in the address.
    pub tenants: Vec<String>,
    /// `$Config.sCompanyDisplayName`.
    pub name: Option<String>,
}

/// The organisation of a page, in small letters but for its name. Each part may be missing, and often all are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Organisation {
    /// Its id in Microsoft's directory, a GUID.
    pub id: Option<String>,
    /// One of its domains.
    pub domain: Option<String>,
    /// As people read it: the prefix of an account's label is one, too.
    pub name: Option<String>,
}

impl Organisation {
    pub(super) fn read(family: Family, seen: &SeenOrganisation) -> Self {
        if !matches!(family, Family::SignIn | Family::SetUp) {
            return Self::default();
        }
        let tenants: Vec<String> = seen.tenants.iter().map(|tenant| tenant.trim().to_lowercase()).collect();
        let name = seen.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Self { id: the_one(&tenants, is_id), domain: the_one(&tenants, hosts::is_name), name }
    }
}

/// Every page of every personal account says this one.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn is_id(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    let is_hex = text.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f'));
    is_hex && lengths.eq([8, 4, 4, 4, 12]) && text != PERSONAL
}

fn the_one(all: &[String], is: fn(&str) -> bool) -> Option<String> {
    let mut fitting = all.iter().filter(|text| is(text));
    let first = fitting.next()?;
    fitting.all(|other| other == first).then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    fn read(family: Family, tenants: &[&str]) -> (Option<String>, Option<String>) {
        let tenants = tenants.iter().map(|tenant| (*tenant).to_owned()).collect();
        let Organisation { id, domain, .. } = Organisation::read(family, &SeenOrganisation { tenants, name: None });
        (id, domain)
    }

    #[test]
    fn an_id_and_a_domain_are_read() {
        let id = Some(ID.to_owned());
        assert_eq!(read(Family::SignIn, &[&ID.to_uppercase(), "common", ID]), (id.clone(), None));
        assert_eq!(
            read(Family::SetUp, &["Contoso.onmicrosoft.com"]),
            (None, Some("contoso.onmicrosoft.com".to_owned()))
        );
        assert_eq!(read(Family::SignIn, &["contoso.no", ID]), (id, Some("contoso.no".to_owned())));
    }

    #[test]
    fn what_names_nobody_or_two_names_nobody() {
        let other = ID.replace('0', "1");
        assert_eq!(read(Family::SignIn, &[ID, &other]), (None, None));
        assert_eq!(read(Family::SignIn, &["contoso.no", "fabrikam.no"]), (None, None));
        for family in [Family::PersonalSignIn, Family::PersonalSetUp, Family::Adfs] {
            assert_eq!(read(family, &[ID, "login.srf"]), (None, None));
        }
        for none in
            ["common", "organizations", "consumers", PERSONAL, "", "0f1e2d3c", "..", "a/b.no", "ä.no", "10.0.0.1"]
        {
            assert_eq!(read(Family::SignIn, &[none]), (None, None), "{none}");
        }
    }
}
