//! Compiles the lessons into data that the library embeds. A mistake in a lesson fails the build and says where it is.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

// The compiler is the library's own, and so is the model it fills; the rest of both is used there.
#[path = "src/lesson"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "the library uses the rest")]
mod lesson {
    pub mod model;
    pub mod source;
}

#[path = "src/cloud"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
mod cloud {
    pub mod time;
}

use lesson::model::pack;
use lesson::source::{self, Course};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=lessons");
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        // tools/split.sh cuts the program in two, and must know what refers to what.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let course = match source::read(Path::new("lessons"), &[]) {
        Ok(course) => course,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
            return ExitCode::FAILURE;
        }
    };
    match write(&course) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=the compiled lessons cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `library.rs` for `lesson::library`, with one file a lesson beside it.
fn write(course: &Course) -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let included = |name: &str| format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))");
    let mut lessons = Vec::new();
    for located in &course.lessons {
        let id = &located.lesson.id;
        fs::write(out.join(id), pack(&located.lesson))?;
        lessons.push(format!("    ({id:?}, || {}),\n", included(id)));
    }
    let heads: Vec<_> = course.lessons.iter().map(|located| located.lesson.head()).collect();
    fs::write(out.join("heads"), pack(&heads))?;
    fs::write(out.join("glossary"), pack(&course.glossary))?;
    let library = format!(
        "const LESSONS: &[(&str, Text)] = &[\n{}];\n\
         const HEADS: &str = {};\nconst GLOSSARY: &str = {};\n",
        lessons.concat(),
        included("heads"),
        included("glossary"),
    );
    fs::write(out.join("library.rs"), library)
}
