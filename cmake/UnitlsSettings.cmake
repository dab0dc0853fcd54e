# What holds for every target: language level, warnings, sanitizers, and where results go.

option(UNITLS_BUILD_TESTS "Build the tests" ON)
option(UNITLS_BUILD_FUZZERS "Build the fuzzers (libFuzzer, which needs clang)" OFF)
option(UNITLS_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
set(UNITLS_SANITIZE "" CACHE STRING "Sanitizers to build with: empty, address;undefined or thread")

set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Nothing is exported unless a version script or an attribute says so, and C++ inline statics stay
# private to the object that holds them: several plugins live in one process.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(UNITLS_PLUGIN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/unitls")
set(UNITLS_TEST_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
# Programs find libunitls.so beside them, also after the tree was moved.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
if(UNITLS_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()

if(UNITLS_SANITIZE)
  list(JOIN UNITLS_SANITIZE "," _sanitizers)
  add_compile_options(-fsanitize=${_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${_sanitizers})
else()
  add_compile_options(-fstack-protector-strong)
  if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo)$")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
endif()
add_link_options(-Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack)
