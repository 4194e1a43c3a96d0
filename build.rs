//! Compiles the lessons into data that the library embeds. A mistake in a lesson fails the build and says where it is.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

// The compiler is the library's own, and so is the model it fills; the rest of both is used there.
#[path = "src/lesson"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
mod lesson {
    pub mod model;
    pub mod source;
}

#[path = "src/cloud"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
mod cloud {
    pub mod time;
}

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

/// Writes `library.rs` for `lesson::library`, with one JSON file a lesson beside it.
fn write(course: &Course) -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let mut lessons = Vec::new();
    for located in &course.lessons {
        let id = &located.lesson.id;
        fs::write(out.join(format!("{id}.json")), serde_json::to_string(&located.lesson)?)?;
        let json = format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{id}.json\"))");
        lessons.push(format!("    ({id:?}, {json}),\n"));
    }
    let lessons = lessons.concat();
    let heads: Vec<_> = course.lessons.iter().map(|located| located.lesson.head()).collect();
    fs::write(out.join("heads.json"), serde_json::to_string(&heads)?)?;
    fs::write(out.join("glossary.json"), serde_json::to_string(&course.glossary)?)?;
    let library = format!(
        "const LESSONS: &[(&str, &str)] = &[\n{lessons}];\n\
         const HEADS: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/heads.json\"));\n\
         const GLOSSARY: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/glossary.json\"));\n"
    );
    fs::write(out.join("library.rs"), library)
}
