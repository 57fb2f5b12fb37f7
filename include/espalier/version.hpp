// SPDX-License-Identifier: Apache-2.0
// The version of the library, as macros and as text; CMake reads it from here.
#ifndef ESPALIER_VERSION_HPP
#define ESPALIER_VERSION_HPP

#define ESPALIER_VERSION_MAJOR 0
#define ESPALIER_VERSION_MINOR 1
#define ESPALIER_VERSION_PATCH 0
/// The version as one number that compares: major * 10000 + minor * 100 + patch.
#define ESPALIER_VERSION (ESPALIER_VERSION_MAJOR * 10000 + ESPALIER_VERSION_MINOR * 100 + ESPALIER_VERSION_PATCH)

namespace espalier::inline v0 {

/// The version as text, "major.minor.patch".
inline constexpr const char* version_string = "0.1.0";

}  // namespace espalier::inline v0

#endif
