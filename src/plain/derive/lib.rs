//! `#[derive(Plain)]`: what serde's derives do for the types of our boundaries,
//! in a third of the code. Reads serde's attributes, as far as they are used here:
//! `rename_all`, `rename_all_fields` (both for `camelCase` alone), `default` and
//! `deny_unknown_fields` on a type, `rename` and `skip` on a field.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, FieldsNamed, Ident, LitStr, Result, Variant};

/// Implements `Plain`, and serde's traits by it.
#[proc_macro_derive(Plain, attributes(serde))]
pub fn plain(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let expanded = syn::parse(input).and_then(|input| expand(&input));
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let says = Attributes::of(&input.attrs)?;
    let (to, from) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => of_struct(fields, &says)?,
            // A type of one field is that field.
            _ => (quote!(self.0.to_plain()), quote!(Plain::from_plain(json).map(Self))),
        },
        Data::Enum(data) => of_enum(data.variants.iter().collect(), &says)?,
        Data::Union(_) => return Err(syn::Error::new_spanned(name, "a union is not plain data")),
    };
    Ok(quote! {
        const _: () = {
            use crate::json::Json;
            use crate::plain::{self, Plain};
            impl Plain for #name {
                fn to_plain(&self) -> Json { #to }
                fn from_plain(json: Json) -> Option<Self> { #from }
            }
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.to_plain().serialize(serializer)
                }
            }
            #[cfg(not(target_arch = "wasm32"))]
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let json = Json::deserialize(deserializer)?;
                    // Says nothing: a message would quote values.
                    Self::from_plain(json).ok_or_else(|| ::serde::de::Error::custom("something else"))
                }
            }
        };
    })
}

fn of_struct(fields: &FieldsNamed, says: &Attributes) -> Result<(TokenStream, TokenStream)> {
    let fields = named(fields, says.camel)?;
    let written = fields
        .iter()
        .filter(|field| !field.skip)
        .map(|Field { ident, name, .. }| quote!((#name, self.#ident.to_plain())));
    let (begin, read) = if says.default {
        (quote!(let usual = Self::default();), read(&fields, |ident, name| quote!(take_or(#name, usual.#ident))))
    } else {
        (quote!(), read(&fields, take))
    };
    let strict = says.strict;
    Ok((
        quote!(Json::map(vec![#(#written),*])),
        quote! {
            #begin
            let mut fields = plain::Fields::of(json)?;
            let made = Self { #read };
            fields.end(#strict)?;
            Some(made)
        },
    ))
}

fn of_enum(variants: Vec<&Variant>, says: &Attributes) -> Result<(TokenStream, TokenStream)> {
    let (mut names, mut to, mut from) = (Vec::new(), Vec::new(), Vec::new());
    let strict = says.strict;
    for (at, variant) in variants.iter().enumerate() {
        let ident = &variant.ident;
        let name = if says.camel { uncapitalised(&ident.to_string()) } else { ident.to_string() };
        match &variant.fields {
            Fields::Named(fields) => {
                let fields = named(fields, says.camel_fields)?;
                let idents = fields.iter().map(|field| field.ident);
                let written = fields.iter().map(|Field { ident, name, .. }| quote!((#name, #ident.to_plain())));
                let read = read(&fields, take);
                to.push(quote!(Self::#ident { #(#idents),* } => plain::variant(#name, vec![#(#written),*])));
                from.push(quote!(#at => Self::#ident { #read }));
            }
            _ => {
                to.push(quote!(Self::#ident => Json::Name(#name)));
                from.push(quote!(#at => Self::#ident));
            }
        }
        names.push(name);
    }
    // One that has no fields anywhere is its place.
    let plain = variants.iter().all(|variant| variant.fields.is_empty());
    let names = names.join(" ");
    let to = if plain { quote!(plain::name(#names, *self as usize)) } else { quote!(match self { #(#to),* }) };
    let from = quote! {
        #[allow(unused_mut)] // an enum may have no fields at all
        let (at, mut fields) = plain::which(json, #names)?;
        let made = match at { #(#from,)* _ => return None };
        fields.end(#strict)?;
        Some(made)
    };
    Ok((to, from))
}

/// The initialisers of a type's fields, each by a call to `Fields`.
fn read(fields: &[Field<'_>], call: impl Fn(&Ident, &str) -> TokenStream) -> TokenStream {
    let each = fields.iter().map(|Field { ident, name, skip }| {
        let call = call(ident, name);
        if *skip { quote!(#ident: Default::default()) } else { quote!(#ident: fields.#call?) }
    });
    quote!(#(#each),*)
}

fn take(_: &Ident, name: &str) -> TokenStream {
    quote!(take(#name))
}

struct Field<'a> {
    ident: &'a Ident,
    name: String,
    skip: bool,
}

fn named(fields: &FieldsNamed, camel: bool) -> Result<Vec<Field<'_>>> {
    let idents = fields.named.iter().filter_map(|field| Some((field.ident.as_ref()?, &field.attrs)));
    let read = idents.map(|(ident, attrs)| {
        let Attributes { rename, skip, .. } = Attributes::of(attrs)?;
        let own = if camel { in_camel_case(&ident.to_string()) } else { ident.to_string() };
        Ok(Field { ident, name: rename.unwrap_or(own), skip })
    });
    read.collect()
}

/// What serde's attributes say.
#[derive(Default)]
struct Attributes {
    camel: bool,
    camel_fields: bool,
    default: bool,
    strict: bool,
    skip: bool,
    rename: Option<String>,
}

impl Attributes {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut says = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
                let camel = |text: &str| if text == "camelCase" { Ok(true) } else { Err(meta.error("only camelCase")) };
                match name.as_str() {
                    "rename_all" => says.camel = camel(&meta.value()?.parse::<LitStr>()?.value())?,
                    "rename_all_fields" => says.camel_fields = camel(&meta.value()?.parse::<LitStr>()?.value())?,
                    "rename" => says.rename = Some(meta.value()?.parse::<LitStr>()?.value()),
                    "default" => says.default = true,
                    "deny_unknown_fields" => says.strict = true,
                    "skip" => says.skip = true,
                    _ => return Err(meta.error("not known to Plain")),
                }
                Ok(())
            })?;
        }
        Ok(says)
    }
}

fn in_camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |made, word| {
        made + &word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default()
    })
}

fn uncapitalised(name: &str) -> String {
    name.get(..1).unwrap_or_default().to_ascii_lowercase() + name.get(1..).unwrap_or_default()
}
