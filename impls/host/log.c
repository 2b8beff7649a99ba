/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/log.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "impls/host/foreign.h"
#include "impls/host/sanitizer.h"

void vjp_log_read(int fd, char *out, size_t size)
{
    char tail[4096 + 1];
    struct stat file;
    out[0] = '\0';
    if (fstat(fd, &file) != 0 || file.st_size <= 0)
        return;
    const off_t wanted = sizeof tail - 1;
    const off_t from = file.st_size > wanted ? file.st_size - wanted : 0;
    const ssize_t got = pread(fd, tail, (size_t)wanted, from);
    if (got <= 0)
        return;
    for (ssize_t i = 0; i < got; i++) {
        if (tail[i] == '\0')
            tail[i] = '?'; /* the text goes on behind it */
    }
    tail[got] = '\0';
    const char *text = vjp_sanitizer_summary(tail);
    const size_t length = strlen(text);
    if (text == tail && length > size - 1)
        text += length - (size - 1);
    vjp_foreign_text(out, size, text, strlen(text));
}

void vjp_log_forget(int fd)
{
    struct stat file;
    if (fstat(fd, &file) == 0 && file.st_size > 0)
        (void)!ftruncate(fd, 0); /* where that fails the log keeps what it has */
}
