import { useState } from "react";
import { Card } from "@/components/card";
import { chooseTheme, chosenTheme, type Theme } from "@/lib/theme";
import styles from "./settings.module.css";

const THEMES: { value: Theme; name: string }[] = [
  { value: "system", name: "As the system" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
];

export function ThemeCard() {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (value: Theme) => {
    chooseTheme(value);
    setTheme(value);
  };
  return (
    <Card title="Look">
      <fieldset className={styles.themes}>
        <legend className="visually-hidden">Theme</legend>
        {THEMES.map(({ value, name }) => (
          <label key={value}>
            <input type="radio" name="theme" checked={theme === value} onChange={() => choose(value)} />{" "}
            {name}
          </label>
        ))}
      </fieldset>
    </Card>
  );
}
