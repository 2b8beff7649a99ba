/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/reproduce.h"

#include "cases/base/text.h"
#include "reports/render/escape.h"
#include "reports/render/fault/texts.h"
#include "reports/render/reproduce_data.h"

#include <inttypes.h>
#include <string.h>

static const char *const program[] = {vjp_fault_numbers, vjp_fault_memory, vjp_fault_conduct,
                                      vjp_fault_state,   vjp_fault_calls,  vjp_fault_multiple,
                                      vjp_fault_judge,   vjp_fault_main};
enum { N_PARTS = sizeof program / sizeof program[0] };

enum vjp_status vjp_reproduce_check(const struct vjp_case *c, struct vjp_error *error)
{
    if (c->in_place)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "inplace=1: the program calls kernels out of place only");
    int64_t bytes = vjp_reproduce_data_bytes(c);
    for (int i = 0; i < N_PARTS; i++)
        bytes += (int64_t)strlen(program[i]);
    bytes += (int64_t)(strlen(vjp_fault_declarations) + strlen(vjp_fault_vjp_plugin));
    if (bytes <= VJP_REPRODUCE_BYTES)
        return VJP_OK;
    return vjp_fail(
        error, VJP_ERR_LIMIT,
        "the file would have up to %.0f MiB, and may have %.0f: every operand and three "
        "numbers for every element of a gradient stand in it; a smaller case is needed, "
        "and \"vjpcheck fuzz\" makes failures small",
        (double)bytes / 0x1p20, (double)VJP_REPRODUCE_BYTES / 0x1p20);
}

/* For a comment: on one line, without what would end it. */
static void add_comment(struct vjp_text *out, const char *text)
{
    struct vjp_text clean = {0};
    vjp_escape_terminal(&clean, text);
    for (const char *p = clean.data; p && *p; p++)
        vjp_text_add(out, "%c%s", *p, p[0] == '*' && p[1] == '/' ? " " : "");
    out->failed |= clean.failed;
    vjp_text_clear(&clean);
}

/* The program's name: the file's without its ending. */
static void add_program(struct vjp_text *out, const char *file)
{
    struct vjp_text name = {0};
    vjp_text_add(&name, "%.*s", (int)strlen(file) - 2, file);
    if (!name.failed)
        vjp_escape_shell(out, name.data);
    out->failed |= name.failed;
    vjp_text_clear(&name);
}

void vjp_reproduce_add_command(struct vjp_text *out, const struct vjp_reproduction *r)
{
    vjp_text_add(out, "cc ");
    vjp_escape_shell(out, r->file);
    vjp_text_add(out, " ");
    vjp_escape_shell(out, r->library);
    vjp_text_add(out, " -o ");
    add_program(out, r->file);
    vjp_text_add(out, " && %s", strchr(r->file, '/') ? "" : "./");
    add_program(out, r->file);
}

static void add_top(struct vjp_text *out, const struct vjp_reproduction *r)
{
    struct vjp_text command = {0};
    vjp_reproduce_add_command(&command, r);
    vjp_text_add(out,
                 "/* SPDX-License-Identifier: MIT-0 */\n\n/* Shows what the kernel %s does on one "
                 "case:\n *\n *     ",
                 r->kernel);
    add_comment(out, r->line);
    vjp_text_add(out, "\n *\n * %s%s", r->verdict, *r->reason ? ": " : "");
    add_comment(out, r->reason);
    vjp_text_add(out, "\n *\n *     ");
    if (!command.failed)
        add_comment(out, command.data);
    vjp_text_add(
        out,
        "\n *\n"
        " * ends with 1 where a fault shows, with 0 where none does, with 2 where the "
        "kernel could not be\n"
        " * asked. The kernel's sources or objects do as well as the library; where that "
        "has a soname,\n"
        " * LD_LIBRARY_PATH has to name its folder. An argument (\"here\") keeps everything "
        "in one\n"
        " * process, for a debugger.\n *\n"
        " * What is right: the correctly rounded gradient, and what a kernel may give in "
        "its place whose\n"
        " * %s.\n *\n * Written by vjpcheck %s. */\n",
        r->model, r->version);
    out->failed |= command.failed;
    vjp_text_clear(&command);
}

/* A text of the build, without its first line, which names the licence. */
static const char *body(const char *text)
{
    const char *end = strchr(text, '\n');
    return end ? end + 1 : text;
}

/* vjp_plugin.h, with what it needs of DLPack's header in the place of its include, and without the helpers for kernels
 * at its end: what is not used would be warned of. */
static enum vjp_status write_contract(FILE *out, struct vjp_error *error)
{
    static const char include[] = "#include <dlpack/dlpack.h>\n";
    const char *text = body(vjp_fault_vjp_plugin);
    const char *at = strstr(text, include);
    const char *helpers = strstr(text, "/* Helpers for kernels:");
    const char *end = helpers ? strstr(helpers, "#ifdef __cplusplus\n}\n") : NULL;
    if (!at || !end)
        return vjp_fail(error, VJP_ERR_INTERNAL, "vjp_plugin.h has another form than it had");
    const char *rest = at + strlen(include);
    fprintf(out, "%.*s%s%.*s%s", (int)(at - text), text, body(vjp_fault_dlpack),
            (int)(helpers - rest), rest, end);
    return VJP_OK;
}

enum vjp_status vjp_reproduce_write(const struct vjp_reproduction *r, FILE *out,
                                    struct vjp_error *error)
{
    struct vjp_text top = {0};
    enum vjp_status status = VJP_OK;
    add_top(&top, r);
    if (top.failed) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
        goto cleanup;
    }
    fprintf(out, "%s\n%s\n", top.data, body(vjp_fault_declarations));
    fprintf(
        out,
        "#define KERNEL  \"%s\"\n#define LAYER   \"%s\"\n#define SECONDS %g /* a call that takes "
        "longer is hung */\n\nenum { ACCUMULATE = %d, THREADS = %d };\n\n"
        "/* The calls are repeated until a fault shows: so often at most, and at least. */\n"
        "enum { ROUNDS = %d, ROUNDS_LEAST = %d };\n\n"
        "/* A multiple of dy that is asked for, too, 2^0 for none; whether what is 0 stays 0. */\n"
        "enum { EXPONENT = %d, NEGATIVE = %d, ZEROS = %d };\n\n",
        r->kernel, r->c->spec->name, r->seconds, r->c->accumulate ? 1 : 0, r->c->threads, r->rounds,
        r->rounds_least, r->multiple.exponent, r->multiple.negative, r->multiple.zeros);
    vjp_reproduce_write_data(r, out);
    fputs("\n/* The contract between a plug-in and who calls it. */\n", out);
    status = write_contract(out, error);
    for (int i = 0; i < N_PARTS && status == VJP_OK; i++)
        fprintf(out, "\n%s", body(program[i]));
cleanup:
    vjp_text_clear(&top);
    return status;
}
