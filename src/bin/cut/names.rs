//! Short names for what the program and its glue give each other. wasm-bindgen's tell builds apart, which the names of the
//! files do already, and are a tenth of what the map fetches.

use std::collections::BTreeMap;

use wasmparser::{Export, ExternalKind};

use crate::program::Program;

/// New names by old ones.
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// Names for all functions that the program imports or exports.
    pub(crate) fn new(program: &Program) -> Self {
        let exports = program.exports.iter().filter(|it| it.kind == ExternalKind::Func);
        let old = program.imports.iter().map(|(import, _)| import.name);
        let old = old.chain(exports.map(|export| export.name));
        // Nothing else in the glue begins with this letter.
        let new = (0_u32..).map(|number| format!("${number:x}"));
        Self(old.map(str::to_owned).zip(new).collect())
    }

    /// The program with the new names.
    pub(crate) fn in_program<'a>(&'a self, mut program: Program<'a>) -> Program<'a> {
        for (import, _) in &mut program.imports {
            import.name = self.of(import.name);
        }
        for export in &mut program.exports {
            *export = Export { name: self.of(export.name), ..*export };
        }
        program
    }

    /// The glue with the new names.
    pub(crate) fn in_glue(&self, glue: &str) -> String {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "_$".contains(letter);
        let mut text = String::new();
        let mut rest = glue;
        while !rest.is_empty() {
            let (between, after) = rest.split_at(rest.find(is_of_name).unwrap_or(rest.len()));
            let end = after.find(|letter| !is_of_name(letter)).unwrap_or(after.len());
            let (name, after) = after.split_at(end);
            text.push_str(between);
            text.push_str(self.of(name));
            rest = after;
        }
        text
    }

    fn of<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.get(name).map_or(name, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    /// One name may begin with another.
    #[test]
    fn whole_names_are_replaced() {
        let of = |old: &str, new: &str| (old.to_owned(), new.to_owned());
        let names = Names([of("__wbg_a", "$0"), of("__wbg_a_1", "$1")].into());
        let glue = "__wbg_a: function() {}, x.__wbg_a_1(`${__wbg_a}`), __wbg_a_2";
        assert_eq!(names.in_glue(glue), "$0: function() {}, x.$1(`${$0}`), __wbg_a_2");
    }
}
