# find_package(UnitlsMbedTLS) finds the mbedTLS libraries to build plugins with.
#
#   Unitls::mbedtls              3.6 or later: the system's, else what tools/set-up built in build/deps, linked
#                                statically; the system's 2.28 when there is neither
#   Unitls::mbedtls2             the system's 2.28, when Unitls::mbedtls is a later one
#   UnitlsMbedTLS_VERSION        version of the first
#   UnitlsMbedTLS_VERSION2       version of the second, empty when there is none
#
# 2.28's headers lie in /usr/include, where every compilation looks: a test compilation proves for each target
# that it sees the headers of its own library.

set(_unitls_mbedtls_prefix "${PROJECT_SOURCE_DIR}/build/deps/mbedtls-3.6")

# Compiles and links a file against `target`; fails unless its headers say `version` and have threading on.
function(_unitls_check_mbedtls target version)
  string(REPLACE "::" "_" result "${target}_IS_${version}")
  if(${result})
    return()
  endif()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/check_mbedtls.c")
  file(WRITE "${source}" [[
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <string.h>
#if !defined(MBEDTLS_THREADING_C) || !defined(MBEDTLS_THREADING_PTHREAD)
#error "this mbedTLS was built without threads"
#endif
_Static_assert(sizeof EXPECTED_VERSION == sizeof MBEDTLS_VERSION_STRING, "headers of another version");
int main(void) {
  mbedtls_ssl_context ssl;
  mbedtls_ssl_init(&ssl);
  mbedtls_ssl_free(&ssl);
  return strcmp(MBEDTLS_VERSION_STRING, EXPECTED_VERSION);
}
]])
  try_run(run_status compiled "${CMAKE_CURRENT_BINARY_DIR}/check_mbedtls" "${source}"
    COMPILE_DEFINITIONS "-DEXPECTED_VERSION=\"${version}\""
    LINK_LIBRARIES ${target}
    COMPILE_OUTPUT_VARIABLE output)
  if(NOT compiled OR NOT run_status EQUAL 0)
    message(FATAL_ERROR "mbedTLS ${version} was found but cannot be used: a program compiled with ${target} "
                        "does not build, lacks threads, or sees the headers of another version.\n${output}")
  endif()
  set(${result} TRUE CACHE INTERNAL "A program built with ${target} sees mbedTLS ${version}")
endfunction()

# Reads the version from the headers under `include`.
function(_unitls_read_mbedtls_version include variable)
  set(${variable} "" PARENT_SCOPE)
  foreach(header IN ITEMS build_info.h version.h)  # 3.x, 2.x
    if(EXISTS "${include}/mbedtls/${header}")
      file(STRINGS "${include}/mbedtls/${header}" line REGEX "#define MBEDTLS_VERSION_STRING +\"")
      if(line MATCHES "\"([0-9.]+)\"")
        set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
endfunction()

# _unitls_add_mbedtls(TARGET INCLUDE TLS X509 CRYPTO): the libraries in the order in which they need each other.
function(_unitls_add_mbedtls target include tls x509 crypto)
  if(NOT TARGET ${target})
    add_library(${target} INTERFACE IMPORTED)
    set_target_properties(${target} PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${include}"
      INTERFACE_LINK_LIBRARIES "${tls};${x509};${crypto};Threads::Threads")
  endif()
endfunction()

find_package(Threads REQUIRED)
find_path(UnitlsMbedTLS_SYSTEM_INCLUDE mbedtls/ssl.h)
find_library(UnitlsMbedTLS_SYSTEM_TLS mbedtls)
find_library(UnitlsMbedTLS_SYSTEM_X509 mbedx509)
find_library(UnitlsMbedTLS_SYSTEM_CRYPTO mbedcrypto)
mark_as_advanced(UnitlsMbedTLS_SYSTEM_INCLUDE UnitlsMbedTLS_SYSTEM_TLS UnitlsMbedTLS_SYSTEM_X509
                 UnitlsMbedTLS_SYSTEM_CRYPTO)

set(UnitlsMbedTLS_VERSION "")
set(UnitlsMbedTLS_VERSION2 "")
set(_unitls_system_mbedtls "${UnitlsMbedTLS_SYSTEM_INCLUDE}" "${UnitlsMbedTLS_SYSTEM_TLS}"
                           "${UnitlsMbedTLS_SYSTEM_X509}" "${UnitlsMbedTLS_SYSTEM_CRYPTO}")
set(_unitls_system_mbedtls_version "")
if(NOT _unitls_system_mbedtls MATCHES "NOTFOUND")
  _unitls_read_mbedtls_version("${UnitlsMbedTLS_SYSTEM_INCLUDE}" _unitls_system_mbedtls_version)
endif()

# The recipe is written when the build is whole.
if(_unitls_system_mbedtls_version VERSION_LESS 3.6 AND EXISTS "${_unitls_mbedtls_prefix}/recipe")
  _unitls_read_mbedtls_version("${_unitls_mbedtls_prefix}/include" UnitlsMbedTLS_VERSION)
  _unitls_add_mbedtls(Unitls::mbedtls "${_unitls_mbedtls_prefix}/include"
    "${_unitls_mbedtls_prefix}/lib/libmbedtls.a" "${_unitls_mbedtls_prefix}/lib/libmbedx509.a"
    "${_unitls_mbedtls_prefix}/lib/libmbedcrypto.a")
  set(_unitls_mbedtls_origin "${_unitls_mbedtls_prefix}, static")
  if(_unitls_system_mbedtls_version)
    set(UnitlsMbedTLS_VERSION2 "${_unitls_system_mbedtls_version}")
    _unitls_add_mbedtls(Unitls::mbedtls2 ${_unitls_system_mbedtls})
  endif()
elseif(_unitls_system_mbedtls_version)
  set(UnitlsMbedTLS_VERSION "${_unitls_system_mbedtls_version}")
  _unitls_add_mbedtls(Unitls::mbedtls ${_unitls_system_mbedtls})
  set(_unitls_mbedtls_origin "${UnitlsMbedTLS_SYSTEM_TLS}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(UnitlsMbedTLS REQUIRED_VARS UnitlsMbedTLS_VERSION
  REASON_FAILURE_MESSAGE "install libmbedtls-dev, or run tools/set-up")
if(UnitlsMbedTLS_FOUND)
  _unitls_check_mbedtls(Unitls::mbedtls "${UnitlsMbedTLS_VERSION}")
  message(STATUS "mbedTLS ${UnitlsMbedTLS_VERSION} (${_unitls_mbedtls_origin})")
  if(UnitlsMbedTLS_VERSION2)
    _unitls_check_mbedtls(Unitls::mbedtls2 "${UnitlsMbedTLS_VERSION2}")
    message(STATUS "mbedTLS ${UnitlsMbedTLS_VERSION2} as a second one (${UnitlsMbedTLS_SYSTEM_TLS})")
  endif()
endif()
