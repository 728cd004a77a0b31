# Turns text files into a C++ source that holds them, one after the other, as one string.
#   cmake -DINPUT=file[,file...] -DOUTPUT=file.cpp -DNAMESPACE=name -DFUNCTION=name -P embed_text.cmake
# String literals are limited in length by compilers, so the text is put together of pieces.
string(REPLACE "," ";" files "${INPUT}")
set(source "// Generated from text files at build time.\n#include <string>\n#include <string_view>\n\n")
string(APPEND source "namespace rollcast::${NAMESPACE} {\n\nstd::string_view ${FUNCTION}();\n\n")
string(APPEND source "std::string_view ${FUNCTION}() {\n    static const std::string text = [] {\n        std::string all;\n")
foreach(file ${files})
    file(READ ${file} text)
    string(LENGTH "${text}" length)
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 8000 piece)
        string(APPEND source "        all += R\"rollcast(${piece})rollcast\";\n")
        math(EXPR at "${at} + 8000")
    endwhile()
endforeach()
string(APPEND source "        return all;\n    }();\n    return text;\n}\n\n}  // namespace rollcast::${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${source}")
