// SPDX-License-Identifier: Apache-2.0
// Empty: what is precompiled is said in own_targets.cmake.
