/* Reads what the rows of a scan are made of (stat and cmdline of every process), and prints how many there are. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static const char *const names[] = {"stat", "cmdline"};
  static char text[1 << 16];
  char file[300];
  int count = 0;
  DIR *folder = opendir("/proc");
  if (folder == NULL) return 1;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    for (int at = 0; at < 2; at++) {
      snprintf(file, sizeof file, "/proc/%s/%s", entry->d_name, names[at]);
      int descriptor = open(file, O_RDONLY | O_CLOEXEC);
      if (descriptor < 0) continue;
      while (read(descriptor, text, sizeof text) > 0) continue;
      close(descriptor);
    }
    count++;
  }
  closedir(folder);
  printf("%d\n", count);
  return 0;
}
