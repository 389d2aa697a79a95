# Read by CMake within pluginval's `project()`: JUCE from the folder that was given, in place of its submodule.
add_subdirectory("${JUCE_SOURCE}" "${CMAKE_BINARY_DIR}/juce")
