/*
 * unitls/layer.h: how a shared object becomes a layer.
 *
 * A layer implements a backend over another one (unitls_layer in unitls/backend.h): a program's calls reach the layer,
 * and the layer calls the backend. Only what builds a layer includes this header. The file is unitls-layer-ID.so.
 *
 * What `wrap` keeps, beyond the clauses of backend.h:
 *
 *   The table   `table->struct_size` says how much room the caller has. The layer writes at most that much, and leaves
 *               the size of what it wrote. The functions read only `self->instance` (U-48).
 *   The inner   Every member of `inner` is set: the host has filled the holes. `inner` outlives the table.
 *   Lifetime    The table is in use until the process ends. A host does not wrap the same backend twice with the same
 *               options.
 *   Options     One that the layer does not know is UNITLS_E_UNSUPPORTED on "options[NAME]", a wrong value is
 *               UNITLS_E_INVALID.
 *   Extensions  A layer answers NULL for extension ids that it does not know, and for those that `inner` lacks: their
 *               functions would be called with a table that is not inner's.
 *   Faithful    `capabilities` and `list` are inner's. Nothing that a layer does may weaken a verdict.
 *
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 */
#ifndef UNITLS_LAYER_H
#define UNITLS_LAYER_H

#include <unitls/backend.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The one exported symbol of a layer. A later major version is another symbol. */
#if defined(_WIN32)
#define UNITLS_LAYER_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define UNITLS_LAYER_EXPORT __attribute__((visibility("default")))
#else
#define UNITLS_LAYER_EXPORT
#endif
UNITLS_LAYER_EXPORT extern const unitls_layer unitls_layer_v1;

/*
 * Defines `unitls_layer_v1` and its note. The texts are string literals:
 *
 *     UNITLS_LAYER("mine", "1.0", "Counts what is sent", mine_wrap);
 *
 * In words, for other languages: a constant `unitls_layer` with those members, and the note of type 2 that backend.h
 * describes, whose library_build_version is empty and which has no capabilities.
 */
#define UNITLS_LAYER(id, version, description, wrap)                                                         \
  UNITLS_PRIVATE_NOTE(2, id "\0" version "\0" description "\0"                                               \
                            "\0" UNITLS_PRIVATE_STRING(UNITLS_PRIVATE_ABI_MAJOR) "." UNITLS_PRIVATE_STRING(  \
                                UNITLS_PRIVATE_ABI_MINOR) "\0")                                              \
  const unitls_layer unitls_layer_v1 = {                                                                     \
      sizeof(unitls_layer), UNITLS_ABI_MAJOR, UNITLS_ABI_MINOR, id, version, description, wrap}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* UNITLS_LAYER_H */
