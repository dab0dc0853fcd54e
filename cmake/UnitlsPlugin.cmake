# unitls_add_plugin(ID SOURCES ... LIBRARIES ... [INCLUDES ...] [DEFINITIONS ...])
#
# Builds lib/unitls/unitls-ID.so from SOURCES and the helpers in plugins/common. The link line is the
# contract of a plugin: one exported symbol, nothing left undefined, nothing of a bundled library visible,
# never unloaded.
function(unitls_add_plugin id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY" "SOURCES;LIBRARIES;INCLUDES;DEFINITIONS")
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${UNITLS_PLUGIN_OUTPUT_DIRECTORY}")
    set_property(GLOBAL APPEND PROPERTY UNITLS_PLUGIN_IDS ${id})  # the conformance suite runs over these
  endif()
  set(target unitls-plugin-${id})
  unitls_add_plugin_file(${target} "unitls-${id}" "${arg_OUTPUT_DIRECTORY}" ${arg_SOURCES})
  target_compile_definitions(${target} PRIVATE UNITLS_PLUGIN_ID="${id}" ${arg_DEFINITIONS})
  target_include_directories(${target} SYSTEM PRIVATE ${arg_INCLUDES})
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
endfunction()

# unitls_add_layer(ID SOURCES ... [OUTPUT_DIRECTORY ...])
#
# Builds lib/unitls/unitls-layer-ID.so in the same way.
function(unitls_add_layer id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY" "SOURCES")
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY "${UNITLS_PLUGIN_OUTPUT_DIRECTORY}")
    set_property(GLOBAL APPEND PROPERTY UNITLS_LAYER_IDS ${id})  # the conformance suite runs through these
  endif()
  unitls_add_plugin_file(unitls-layer-${id} "unitls-layer-${id}" "${arg_OUTPUT_DIRECTORY}" ${arg_SOURCES})
endfunction()

# unitls_add_plugin_file(TARGET NAME DIRECTORY SOURCE...): what plugins and layers have in common.
function(unitls_add_plugin_file target name directory)
  set(script "${PROJECT_SOURCE_DIR}/cmake/plugin.map")
  add_library(${target} MODULE ${ARGN})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "${name}" LIBRARY_OUTPUT_DIRECTORY "${directory}"
    LINK_DEPENDS "${script}" BUILD_RPATH "" SKIP_BUILD_RPATH ON)
  target_compile_definitions(${target} PRIVATE UNITLS_PLUGIN_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${target} PRIVATE unitls-plugin ${CMAKE_DL_LIBS})
  target_link_options(${target} PRIVATE
    "LINKER:--version-script=${script}" LINKER:-z,nodelete LINKER:--exclude-libs,ALL)
  if(NOT UNITLS_SANITIZE)  # the sanitizers' own symbols come from the program
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
endfunction()
