#pragma once

namespace unitls::pki {

extern const char *const program_footer;
extern const char *const authority_footer;
extern const char *const leaf_footer;
extern const char *const make_footer;
extern const char *const standard_footer;

} // namespace unitls::pki
