// SPDX-License-Identifier: Apache-2.0
// Lets a program of several units compile what is large and always the same once: units that define
// ESPALIER_COMPILED_ELSEWHERE leave it to the one that defines ESPALIER_COMPILED_HERE.
#ifndef ESPALIER_BASE_COMPILED_ONCE_HPP
#define ESPALIER_BASE_COMPILED_ONCE_HPP

/// Before a function that is to be instantiated; where it is not defined, each unit compiles what it uses.
#if defined(ESPALIER_COMPILED_HERE)
#define ESPALIER_COMPILED_ONCE template
#elif defined(ESPALIER_COMPILED_ELSEWHERE)
#define ESPALIER_COMPILED_ONCE extern template
#endif

#endif
